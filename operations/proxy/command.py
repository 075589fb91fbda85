"""`proxy` and `tunnel`: the way to the API and to SSH, by hand."""

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
    """Serve in the foreground. Raises `OperationFailed`."""
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
    """Standard input and output to an address of the environment's VPC. Raises `OperationFailed`."""
    endpoint = environment(given.stack).tunnel
    if endpoint is None:
        raise OperationFailed(
            f"stack {given.stack!r} has no Instance Connect Endpoint; `aws.access.way` says how it goes"
        )
    try:
        carry(endpoint, given.address, given.port, source=sys.stdin.fileno(), target=sys.stdout.fileno())
    except (TunnelFailed, NoSession) as failed:
        raise OperationFailed(str(failed)) from None


def _proxy(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--port", type=int, help="of this computer (default: as the kubeconfig has it)")
    parser.add_argument("--idle", type=float, default=IDLE_SECONDS, help="seconds without a connection until it ends")


def _tunnel(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("address", help="a private address of the VPC")
    parser.add_argument("port", type=int, nargs="?", default=22)


COMMANDS = (
    Command(name="proxy", text="serve the way to the API on this computer", arguments=_proxy, run=proxy),
    Command(name="tunnel", text="connect to a node's port, for ssh's ProxyCommand", arguments=_tunnel, run=tunnel),
)
