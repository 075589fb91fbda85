"""Reads the agent's events and prints the lines that the user sees."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from provider.hosts.agent_archive import RECEIVED
from provider.protocol.log import Progress


@dataclass(frozen=True, kw_only=True)
class Result:
    """The agent's result. `differences`: one line each, without file contents."""

    ok: bool
    text: str
    changed: Sequence[str]
    member: bool
    differences: Sequence[str]


class Listener:
    """Reads the agent's lines (JSON objects with the key `event`) and shows the important ones.

    `received`: the whole shipment has arrived and the agent runs; `doing`: the host's current activity, for messages;
    `failed`: the step that failed; `member`: whether the host has started as an etcd member;
    `ticket`: a token for a worker, which is never shown.
    """

    def __init__(self, host: str, progress: Progress) -> None:
        self._host = host
        self._progress = progress
        self.received = False
        self.doing = "the agent was starting"
        self.failed: str | None = None
        self.member = False
        self.result: Result | None = None
        self.ticket = ""

    def hear(self, text: str) -> None:
        """Read one line of the session's standard output. Ignores lines that are not events."""
        if not self.received:
            self.received = text == RECEIVED
            return
        try:
            event = json.loads(text)
        except ValueError:
            return
        if not isinstance(event, dict):
            return
        match event.get("event"):
            case "step":
                self._step(_text(event, "step"), _text(event, "state"), _text(event, "text"), event)
            case "lock":
                self._lock(_text(event, "state"), _text(event, "text"))
            case "member-begun":
                self.member = True
            case "ticket":
                self.ticket = _text(event, "token")
            case "result":
                self.result = _result(event)
                self.member = self.member or self.result.member

    def _step(self, step: str, state: str, text: str, event: Mapping[str, object]) -> None:
        because = f": {text}" if text else ""
        match state:
            case "failed":
                self.failed = step
                self._progress.info(f"{self._host}: {step} failed{because}")
            case "done":
                seconds = event.get("seconds")
                took = f" ({seconds:.1f} s)" if isinstance(seconds, int | float) else ""
                self._progress.status(f"{step} done{took}")
            case "unchanged":
                self._progress.status(f"{step} unchanged")
            case _:
                self.doing = f"step {step} was {state}"
                self._progress.status(f"{step} {state}{because}")

    def _lock(self, state: str, text: str) -> None:
        because = f": {text}" if text else ""
        if state == "waiting":
            self.doing = "the host waited for the cluster's lock"
            self._progress.info(f"{self._host}: waits for the cluster's lock{because}")
        else:
            self._progress.status(f"cluster lock {state}{because}")


def _result(event: Mapping[str, object]) -> Result:
    changed = event.get("changed")
    differences = event.get("differences")
    return Result(
        ok=event.get("ok") is True,
        text=_text(event, "text"),
        changed=[str(step) for step in changed] if isinstance(changed, list) else [],
        member=event.get("member") is True,
        differences=[_difference(each) for each in differences if isinstance(each, dict)]
        if isinstance(differences, list)
        else [],
    )


def _difference(found: Mapping[str, object]) -> str:
    return (
        f"{_text(found, 'step')}: {_text(found, 'what')}: {_text(found, 'found')} instead of {_text(found, 'wanted')}"
    )


def _text(event: Mapping[str, object], name: str) -> str:
    value = event.get(name)
    return "" if value is None else str(value)
