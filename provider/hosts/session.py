"""One SSH session: a command on a host, with data on its standard input and its output line by line.

It uses the system's OpenSSH client, so that jump hosts and hardware keys in the user's configuration work.
"""

import os
import signal
import subprocess
import tempfile
import threading
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from provider.hosts import openssh
from provider.hosts.connection import Connection

KEPT_LINES = 20  # lines of standard error: enough for a traceback


class Cancelled(Exception):
    """The user cancelled the operation."""

    def __init__(self, text: str = "cancelled") -> None:
        super().__init__(text)


class NoClient(Exception):
    """This computer has no SSH client."""

    def __init__(self) -> None:
        super().__init__("this computer has no `ssh` program; install OpenSSH's client (Debian: openssh-client)")


@dataclass(frozen=True, kw_only=True)
class Ended:
    """How a session ended. `status`: the command's, 255 for ssh's own failure, None after a timeout.

    `errors`: the last lines of standard error; `host_key`: the host's key from a first contact.
    """

    status: int | None
    errors: Sequence[str]
    host_key: str | None


class Sessions:
    """Every session of this process, so that a cancelled update leaves none behind."""

    def __init__(self) -> None:
        self._running: set[subprocess.Popen[bytes]] = set()
        self._lock = threading.Lock()
        self.cancelled = threading.Event()

    def end(self) -> None:
        """End all sessions; no new one can start."""
        with self._lock:
            self.cancelled.set()
            for process in self._running:
                _stop(process)

    def run(self, to: Connection, command: str, *, data: bytes, line: Callable[[str], None], seconds: float) -> Ended:
        """Run to the end, passing each line of standard output to `line`.

        Raises `Cancelled` or `NoClient` if it cannot start.
        """
        with tempfile.TemporaryDirectory(prefix="quorate-") as folder:
            known = Path(folder) / "known_hosts"
            known.write_text(f"{to.name} {to.host_key}\n" if to.host_key else "")
            process = self._start([*openssh.arguments(to, known), command])
            try:
                status, errors = _converse(process, data, line, seconds)
            finally:
                process.kill()
                process.wait()
                with self._lock:
                    self._running.discard(process)
            shown = known.read_text().split(maxsplit=1)
        return Ended(status=status, errors=errors, host_key=shown[1].strip() if shown else None)

    def _start(self, command: Sequence[str]) -> subprocess.Popen[bytes]:
        with self._lock:
            if self.cancelled.is_set():
                raise Cancelled
            try:
                process = subprocess.Popen(
                    command,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.PIPE,
                    env={**os.environ, "LC_ALL": "C"},  # failure.py parses its messages
                    start_new_session=True,  # a Ctrl-C on the terminal goes to the engine, which then calls Cancel
                )
            except FileNotFoundError:
                raise NoClient from None
            self._running.add(process)
        return process


def _converse(
    process: subprocess.Popen[bytes], data: bytes, line: Callable[[str], None], seconds: float
) -> tuple[int | None, Sequence[str]]:
    if process.stdin is None or process.stdout is None or process.stderr is None:
        raise AssertionError("all three are pipes")
    stdin, stderr, errors = process.stdin, process.stderr, deque[str](maxlen=KEPT_LINES)

    def send() -> None:
        try:
            stdin.write(data)
            stdin.close()
        except OSError:
            pass  # the other side has ended; its status and errors say why

    def keep() -> None:
        errors.extend(text.decode(errors="replace").rstrip() for text in stderr)

    late = threading.Event()

    def stop() -> None:
        late.set()
        _stop(process)

    clock = threading.Timer(seconds, stop)
    threads = [threading.Thread(target=work, daemon=True) for work in (send, keep)]
    for thread in (clock, *threads):
        thread.start()
    try:
        for text in process.stdout:
            line(text.decode(errors="replace").rstrip("\n"))
        status = process.wait()
    finally:
        clock.cancel()
        process.kill()
    for thread in threads:
        thread.join(1)
    return None if late.is_set() else status, list(errors)


def _stop(process: subprocess.Popen[bytes]) -> None:
    # Kill the whole group: a jump host's ssh is our child process and would keep our pipes open.
    if process.poll() is None:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
