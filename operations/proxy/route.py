"""Routes the proxy's connections over one SSH connection to a node, and to another node if that one fails."""

import contextlib
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

from operations.environment import Environment, Host, OperationFailed
from operations.remote import known_hosts, ssh

API_PORT = 6443  # port of each node's API server
# Options of the shared connection: a lost node is detected after ten seconds.
ALIVE = ("-o", "ServerAliveInterval=5", "-o", "ServerAliveCountMax=2")
OPEN_SECONDS = 30.0
SHOWN = 600  # characters of ssh's output that an error shows


class Route:
    """`read` reads the environment; it runs again if no known node can be reached."""

    def __init__(self, read: Callable[[], Environment]) -> None:
        self._read = read
        self._of: Environment | None = None
        self._lock = threading.Lock()
        self._folder = tempfile.TemporaryDirectory(prefix="quorate-")
        self._shared: subprocess.Popen[bytes] | None = None
        self._host: Host | None = None

    def permits(self, host: str, port: int) -> bool:
        """Whether the proxy allows the destination: only the endpoint and each node's API server."""
        if self._has(host, port):
            return True
        self._of = None  # a node may have been added since the last reading
        return self._has(host, port)

    def _has(self, host: str, port: int) -> bool:
        of = self._environment()
        nodes = {(node.address, API_PORT) for node in of.hosts}
        return (host, port) == (of.endpoint_name, of.endpoint_port) or (host, port) in nodes

    def carry(self, client: socket.socket, host: str, port: int) -> "subprocess.Popen[bytes]":
        """Start a process that copies between client and destination. Raises `OperationFailed` if no node responds."""
        with self._lock:
            node = self._through()
        words = ssh(node, self._known(node), "-o", f"ControlPath={self._control(node)}", "-W", f"{host}:{port}")
        return subprocess.Popen(words, stdin=client.fileno(), stdout=client.fileno(), stderr=subprocess.DEVNULL)

    def close(self) -> None:
        """Close the shared connection."""
        if self._shared is not None:
            self._shared.terminate()
            self._shared.wait()
        self._folder.cleanup()

    def _environment(self) -> Environment:
        found = self._of
        if found is None:
            found = self._of = self._read()
        return found

    def _through(self) -> Host:
        if self._host is not None and self._shared is not None and self._shared.poll() is None:
            return self._host
        failed = self._host
        self._of = None
        # Instances may have been replaced. Try the node that has just failed last.
        hosts = sorted(self._environment().hosts, key=lambda one: failed is not None and one.name == failed.name)
        reasons = []
        for host in hosts:
            try:
                self._shared = self._opened(host)
            except OperationFailed as failure:
                reasons.append(str(failure))
            else:
                self._host = host
                return host
        raise OperationFailed("no node can be reached: " + "; ".join(reasons))

    def _opened(self, host: Host) -> "subprocess.Popen[bytes]":
        control = self._control(host)
        control.unlink(missing_ok=True)
        self._known(host).write_text(known_hosts(host))
        words = ssh(host, self._known(host), *ALIVE, "-N", "-M", "-o", f"ControlPath={control}")
        process = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        deadline = time.monotonic() + OPEN_SECONDS
        while process.poll() is None and time.monotonic() < deadline:
            if control.exists():  # ssh creates it after authentication
                return process
            time.sleep(0.05)
        process.kill()
        with contextlib.suppress(ValueError):
            said = process.communicate()[1].decode(errors="replace").strip()
        raise OperationFailed(f"{host.name}: {said[-SHOWN:] or f'no SSH connection within {OPEN_SECONDS:.0f} s'}")

    def _control(self, host: Host) -> Path:
        return Path(self._folder.name) / host.name

    def _known(self, host: Host) -> Path:
        return Path(self._folder.name) / f"{host.name}.known"
