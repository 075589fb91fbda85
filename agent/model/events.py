"""The agent's messages to its caller: one JSON object per line on standard output."""

import json
import sys
import threading
from collections.abc import Callable, Sequence

from agent.model.difference import Difference


def _print(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


class Events:
    """Writes events from any thread. A caller that disconnected (a broken ssh session) does not stop the work."""

    def __init__(self, write: Callable[[str], None] = _print, begun: Callable[[], None] = lambda: None) -> None:
        """`begun` records that a member is about to start for the first time; if it fails, it does not start."""
        self._write = write
        self._begun = begun
        self._turn = threading.Lock()
        self._heard = True

    def _say(self, **event: object) -> None:
        with self._turn:
            if not self._heard:
                return
            try:
                self._write(json.dumps(event))
            except (OSError, ValueError):
                self._heard = False

    def step(self, step: str, state: str, text: str = "", *, seconds: float = 0.0) -> None:
        """`state` is unchanged, differs, applying, verifying, done or failed."""
        self._say(event="step", step=step, state=state, text=text, seconds=round(seconds, 2))

    def lock(self, state: str, text: str) -> None:
        """`state` is waiting, held or released."""
        self._say(event="lock", state=state, text=text)

    def member_begun(self) -> None:
        """Report that this machine counts as a previous member of the cluster from now on."""
        self._begun()
        self._say(event="member-begun")

    def ticket(self, token: str) -> None:
        """The response to `admit`: a secret for the caller only."""
        self._say(event="ticket", token=token)

    def status(self, status: dict[str, object]) -> None:
        """The response to `status`."""
        self._say(event="status", **status)

    def answer(self, text: str, **values: object) -> None:
        """The last line of a command that returns values: success, and the values."""
        result = {"ok": True, "text": text, "changed": [], "member": False, "differences": []}
        self._say(event="result", **result, values=values)

    def result(self, *, ok: bool, text: str, changed: Sequence[str], member: bool, found: Sequence[Difference]) -> None:
        """The last line."""
        differences = [{"step": d.step, "what": d.what, "wanted": d.wanted, "found": d.found} for d in found]
        self._say(event="result", ok=ok, text=text, changed=list(changed), member=member, differences=differences)
