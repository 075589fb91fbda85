"""One run of the agent on a host: send, start, listen, report the result."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from provider.hosts import failure, remote
from provider.hosts.connection import Connection
from provider.hosts.events import Listener, Result
from provider.hosts.session import Cancelled, Ended, NoClient, Sessions
from provider.protocol.log import Progress

# A machine that was just turned on may need it; a longer wait would only hide that it is off.
REACH_SECONDS = 30.0
PAUSE_SECONDS = 1.0


@dataclass(frozen=True, kw_only=True)
class Ran:
    """The result of a run. `problem`: why it failed; None if the agent reported success.

    `member`: the host has started to become an etcd member, even if the run failed later. `host_key`: the key of the
    host, None if it was never reached. `ticket`: the token in the response to `admit`.
    """

    result: Result | None
    problem: Exception | None
    member: bool
    host_key: str | None
    ticket: str = field(default="", repr=False)


@dataclass(frozen=True, kw_only=True)
class Runner:
    """Runs the agent. `reach`: seconds for which an unreachable host is tried again, 0 for one try."""

    sessions: Sessions
    progress: Progress
    seconds: float
    reach: float

    def run(self, to: Connection, words: Sequence[str], data: bytes) -> Ran:
        """Run `agent WORDS` with this tar stream. Every failure is in the result."""
        began, tries = time.monotonic(), 0
        while True:
            tries += 1
            self.progress.status(f"connecting to {to.address}" + (f", try {tries}" if tries > 1 else ""))
            listener = Listener(to.name, self.progress)
            try:
                ended = self.sessions.run(
                    to, remote.command(to, *words), data=data, line=listener.hear, seconds=self.seconds
                )
            except (Cancelled, NoClient) as never:
                return Ran(result=None, problem=never, member=False, host_key=None)
            waited = time.monotonic() - began
            tried = "tried once" if tries == 1 else f"tried {tries} times in {waited:.0f} s"
            problem = self._problem(to, ended, listener, tried=tried)
            silent = isinstance(problem, failure.Unreachable) and not listener.received
            if not silent or waited >= self.reach:
                key = to.host_key or ended.host_key
                return Ran(
                    result=listener.result,
                    problem=problem,
                    member=listener.member,
                    host_key=key if listener.received else None,
                    ticket=listener.ticket,
                )
            self.sessions.cancelled.wait(PAUSE_SECONDS)

    def _problem(self, to: Connection, ended: Ended, listener: Listener, *, tried: str) -> Exception | None:
        problem: Exception | None = None
        if listener.result is not None:
            problem = _refusal(to, listener, listener.result)
        elif self.sessions.cancelled.is_set():
            problem = Cancelled(f"{to.name}: cancelled while {listener.doing}; a second update continues")
        elif ended.status is None:
            problem = failure.late(to, doing=listener.doing, seconds=self.seconds)
        elif listener.received:
            lost = ended.status == failure.OWN_STATUS
            ending = failure.interrupted if lost else failure.crashed
            problem = ending(to, ended.errors, doing=listener.doing)
        elif ended.status == failure.OWN_STATUS:
            problem = failure.not_connected(to, ended.errors, tried=tried)
        else:
            problem = remote.not_started(to, ended.status, ended.errors)
        return problem


def _refusal(to: Connection, listener: Listener, result: Result) -> Exception | None:
    if result.ok:
        return None
    text = result.text or "the agent gives no reason"
    step = "" if listener.failed is None or listener.failed in text else f"step {listener.failed}: "
    return failure.HostFailure(f"{to.name} ({to.address}): {step}{text}")
