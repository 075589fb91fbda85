"""The commands `proxy` and `tunnel`: connect to the API and to SSH by hand."""

import argparse
import signal
import sys

from operations.aws.session import NoSession
from operations.command import Command, Given
from operations.environment import OperationFailed
from operations.proxy.control import about
from operations.proxy.route import Route
from operations.proxy.server import HOST, IDLE_SECONDS, Server
from operations.stack import environment
from operations.tunnel.connection import carry
from operations.tunnel.failure import TunnelFailed


def proxy(given: Given) -> None:
    """Serve the proxy in the foreground. Raises `OperationFailed`."""
    port = given.port or environment(given.stack).proxy_port
    if port is None:
        raise OperationFailed(f"the API of stack {given.stack!r} is reached directly; it needs no proxy")
    try:
        server = Server(port, Route(lambda: environment(given.stack)), about(given.stack))
    except OSError as error:
        raise OperationFailed(f"port {port} of this computer cannot be used: {error.strerror}") from None
    signal.signal(signal.SIGTERM, lambda *_: server.end())
    print(f"the API of {given.stack} is behind http://{HOST}:{port}", flush=True)
    server.serve(idle=given.idle)


def tunnel(given: Given) -> None:
    """Connect standard input and output to an address in the environment's VPC. Raises `OperationFailed`."""
    endpoint = environment(given.stack).tunnel
    if endpoint is None:
        raise OperationFailed(
            f"stack {given.stack!r} has no Instance Connect Endpoint; see `aws.access.way` in its settings"
        )
    try:
        carry(endpoint, given.address, given.port, source=sys.stdin.fileno(), target=sys.stdout.fileno())
    except (TunnelFailed, NoSession) as failed:
        raise OperationFailed(str(failed)) from None


def _proxy(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--port", type=int, help="port on this computer (default: the one in the kubeconfig)")
    parser.add_argument("--idle", type=float, default=IDLE_SECONDS, help="end after this many idle seconds")


def _tunnel(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("address", help="a private address of the VPC")
    parser.add_argument("port", type=int, nargs="?", default=22)


COMMANDS = (
    Command(name="proxy", text="serve a proxy to the API on this computer", arguments=_proxy, run=proxy),
    Command(name="tunnel", text="connect to a node's port, for ssh's ProxyCommand", arguments=_tunnel, run=tunnel),
)
