"""A cloud of one folder: started once, reused by every later command, stopped on request.

Its resources live as long as its process: a stopped cloud loses everything.
"""

import fcntl
import os
import signal
import subprocess
import time
import urllib.request
from dataclasses import dataclass
from pathlib import Path

from workbench.cloud.folder import CALLS, LOCK, LOG, PORT
from workbench.places import PYTHON, ROOT

IMAGES = Path(__file__).with_name("images.json")  # two releases of Debian for either architecture
START_SECONDS = 60  # on a busy computer; 1 s on an idle one
STOP_SECONDS = 60  # machines are stopped first
# moto starts to check policies after this many unchecked calls.
_NEVER, _ALWAYS = "inf", "0"


class CloudFailed(Exception):
    """The cloud does not start or does not stop; the message says where its log is."""


@dataclass(frozen=True)
class Cloud:
    """`folder` belongs to this cloud alone. `boots`: its instances are machines of this computer, which needs root."""

    folder: Path
    boots: bool = False

    @property
    def calls(self) -> Path:
        """The journal of this cloud."""
        return self.folder / CALLS

    @property
    def endpoint(self) -> str | None:
        """The URL of every service; None while it does not run."""
        port = self.folder / PORT
        return f"http://127.0.0.1:{port.read_text(encoding='ascii')}" if self.process and port.exists() else None

    def start(self) -> str:
        """The endpoint of the running cloud, which is started if it does not run. Raises `CloudFailed`."""
        running = self.endpoint
        if running is not None:
            return running
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        (self.folder / PORT).unlink(missing_ok=True)
        variables = {
            **os.environ,
            # Without this option, AWS's managed policies, such as AmazonSSMManagedInstanceCore, do not exist.
            "MOTO_IAM_LOAD_MANAGED_POLICIES": "true",
            "MOTO_AMIS_PATH": str(IMAGES),
            "INITIAL_NO_AUTH_ACTION_COUNT": _NEVER,
        }
        with (self.folder / LOG).open("wb") as log:
            process = subprocess.Popen(
                [str(PYTHON), "-m", "workbench.cloud.server", *(["--boot"] if self.boots else []), str(self.folder)],
                cwd=ROOT,
                env=variables,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        return self._started(process)

    def _started(self, process: subprocess.Popen[bytes]) -> str:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            found = self.endpoint
            if found is not None:
                return found
            if process.poll() is not None:
                break
            time.sleep(0.1)
        process.kill()
        process.wait()
        message = f"the emulated cloud did not start within {START_SECONDS} s; its log is {self.folder / LOG}"
        raise CloudFailed(message)

    def stop(self) -> bool:
        """Stop the cloud with everything in it; False if it did not run. Raises `CloudFailed`."""
        process = self.process
        if process is None:
            return False
        os.kill(process, signal.SIGTERM)
        deadline = time.monotonic() + STOP_SECONDS
        while time.monotonic() < deadline:
            if self.process is None:
                return True
            time.sleep(0.05)
        message = f"the emulated cloud (process {process}) does not end"
        raise CloudFailed(message)

    def enforce_policies(self) -> None:
        """Enforce IAM policies from now on. moto ignores the conditions in them."""
        self._set_unchecked_calls(_ALWAYS)

    def relax_policies(self) -> None:
        """Allow everything for every credential, as at the start."""
        self._set_unchecked_calls(_NEVER)

    def _set_unchecked_calls(self, number: str) -> None:
        address = f"{self.start()}/moto-api/reset-auth"
        # Sent as plain text, because a form would be parsed, and moto would then read an empty body.
        headers = {"Content-Type": "text/plain"}
        request = urllib.request.Request(address, data=number.encode(), headers=headers, method="POST")  # noqa: S310 -- loopback
        urllib.request.urlopen(request, timeout=START_SECONDS).close()  # noqa: S310 -- loopback

    @property
    def process(self) -> int | None:
        """The server's process. It holds the lock while it runs, so the number alone is never trusted."""
        try:
            with (self.folder / LOCK).open("r") as lock:
                fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except FileNotFoundError:
            return None
        except BlockingIOError:
            return int((self.folder / LOCK).read_text(encoding="ascii") or 0) or None
        return None
