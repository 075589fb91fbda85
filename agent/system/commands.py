"""Runs other programs: the only place where the agent starts a process."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping

from agent.model.failure import Failed

# A non-interactive ssh session of a distribution may lack /usr/local/bin, where the programs are installed.
SEARCH_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
SHOWN = 2000  # characters of a failed program's output that the message shows


class CommandFailed(Failed):
    """A program failed, was not found or took too long. `code`: its exit status; None if it did not exit by itself."""

    def __init__(self, argv: tuple[str, ...], *, code: int | None, said: str) -> None:
        self.code = code
        self.said = said
        ended = "did not end in time" if code is None else f"ended with {code}"
        super().__init__(f"`{' '.join(argv)}` {ended}: {said[-SHOWN:].strip() or 'no output'}")


class Commands:
    """Runs programs by argument list, never through a shell. Secrets must not be arguments: /proc shows them."""

    def __init__(self, *, path: str = SEARCH_PATH, environment: Mapping[str, str] | None = None) -> None:
        self.environment = {"PATH": path, "LC_ALL": "C", "HOME": "/root", **(environment or {})}

    def run(self, *argv: str, timeout: float = 60.0, given: str = "") -> str:
        """Standard output of the program. Raises CommandFailed after `timeout` seconds or on any exit but 0.

        `given` is its standard input, which no other process can read.
        """
        began = time.monotonic()
        try:
            process = subprocess.Popen(
                argv,
                env=self.environment,
                stdin=subprocess.PIPE if given else subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
                errors="replace",
                # in its own session, because SIGHUP from a broken ssh connection must not interrupt kubeadm
                start_new_session=True,
            )
        except OSError as error:
            raise CommandFailed(argv, code=127, said=str(error)) from error
        try:
            out, err = process.communicate(given or None, timeout=timeout)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            out, err = process.communicate()
            raise CommandFailed(
                argv, code=None, said=f"{timeout:.0f} s were allowed; last output: {err or out}"
            ) from None
        print(f"{time.monotonic() - began:.2f} s, {process.returncode}: {' '.join(argv)}", file=sys.stderr)
        if process.returncode != 0:
            raise CommandFailed(argv, code=process.returncode, said=err or out)
        return out

    def succeeds(self, *argv: str, timeout: float = 60.0) -> bool:
        """Whether the program exited with 0."""
        try:
            self.run(*argv, timeout=timeout)
        except CommandFailed:
            return False
        return True
