"""The HAProxy process that serves all balancers of the region."""

import socket
import subprocess
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from provider.local.machines.requirement import program
from workbench.cloud.balancer.plan import Listener, configuration

SECONDS = 2.0
_BACKEND, _SERVER, _STATUS, _CHECKED, _LAST = "# pxname", "svname", "status", "check_status", "check_desc"
_NOT_YET = {"", "INI", "UNK"}


class Balancers:
    """`folder` holds its configuration and its log."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._file, self._log = folder / "haproxy.cfg", folder / "haproxy.log"
        # The path of a socket has 107 characters at most (unix(7)), which the path of a clone may exceed.
        self._own = tempfile.TemporaryDirectory(prefix="quorate-balancers-")
        self._socket = Path(self._own.name) / "haproxy.sock"
        self._text = ""
        self._process: subprocess.Popen[bytes] | None = None

    def serve(self, listeners: Sequence[Listener]) -> None:
        """Serve exactly these listeners; connections of unchanged ones are kept. Raises CalledProcessError."""
        text = configuration(listeners, socket=str(self._socket))
        if text == self._text and (self._process is None or self._process.poll() is None):
            return
        previous, self._process = self._process, None
        if listeners:
            self._file.write_text(text, encoding="utf-8")
            words = [program("haproxy"), "-db", "-f", str(self._file)]
            subprocess.run([*words, "-c"], check=True, capture_output=True)
            with self._log.open("ab") as log:
                # The new process takes over the ports; the old one exits after its last connection.
                after = ["-sf", str(previous.pid)] if previous is not None else []
                self._process = subprocess.Popen([*words, *after], stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        elif previous is not None:
            previous.terminate()
        if previous is not None:
            with suppress(subprocess.TimeoutExpired):
                previous.wait(timeout=0.1)
        self._text = text

    def stop(self) -> None:
        """Stop it and close all connections."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None
        self._text = ""

    def health(self) -> dict[tuple[str, str], tuple[bool, str]]:
        """By listener and server: whether it is healthy, and the result of the last check."""
        lines = self._say("show stat").splitlines()
        if not lines:
            return {}
        columns = lines[0].split(",")
        found = {}
        for line in lines[1:]:
            row = dict(zip(columns, line.split(","), strict=False))
            name = row.get(_BACKEND, "")
            server = row.get(_SERVER, "BACKEND")
            if name.endswith("-healthy") and server != "BACKEND" and row.get(_CHECKED, "") not in _NOT_YET:
                # While checks are in progress, a target keeps its previous state.
                up = row.get(_STATUS, "").startswith("UP")
                found[name.removesuffix("-healthy"), server] = (up, row.get(_LAST, ""))
        return found

    def _say(self, command: str) -> str:
        try:
            with socket.socket(socket.AF_UNIX) as connection:
                connection.settimeout(SECONDS)
                connection.connect(str(self._socket))
                connection.sendall(f"{command}\n".encode())
                text = b""
                while part := connection.recv(65536):
                    text += part
        except OSError:
            return ""
        return text.decode(errors="replace")
