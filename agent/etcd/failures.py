"""Nodes that failed at a change while they held the cluster's lock: what broke one node must not reach the next.

The lock alone lets every node break itself, one after the other. So a node that fails says so in etcd, and the others,
which waited for the lock, stop before they begin. The word stays until that node is as it is wanted: a change that is
taken back, or a mended cause, reaches the failed node first, and the others wait for it.
"""

import contextlib
import time
from collections.abc import Callable, Iterable

from agent.etcd.client import EtcdClient
from agent.model.failure import Failed

PREFIX = "/quorate/failed/"
SHOWN = 300  # characters of a reason
MEND_SECONDS = 300.0  # for the failed node's own run, which its agent is told of at the same time
POLL_SECONDS = 1.0


class Failures:
    """`others` are the names of the other wanted members: what a node that is gone once said counts for nothing."""

    def __init__(self, etcd: EtcdClient, *, me: str, others: Iterable[str]) -> None:
        self._etcd = etcd
        self._me = me
        self._others = frozenset(others)

    def of_others(self) -> dict[str, str]:
        """Reasons by name. Raises Unreachable."""
        found = ((key.removeprefix(PREFIX), value) for key, value in self._etcd.entries(PREFIX))
        return {name: value.decode(errors="replace") for name, value in found if name in self._others}

    def await_mended(self, *, say: Callable[[str], None], patience: float = MEND_SECONDS) -> None:
        """Let nodes that failed before go first. Raises Failed when they stay as they are."""
        deadline, told = time.monotonic() + patience, ""
        while failed := self.of_others():
            text = _listed(failed)
            if time.monotonic() > deadline:
                raise Failed(
                    f"nothing was changed: {text}, and was not mended within {patience:.0f} s. Run the update for that "
                    "node first, or replace it"
                )
            if text != told:
                say(f"{text}; it goes first")
                told = text
            time.sleep(POLL_SECONDS)

    def require_none(self) -> None:
        """Raises Failed where a node has failed while this one waited for its turn."""
        if failed := self.of_others():
            cure = "Mend the cause or take the change back, and run the update again"
            raise Failed(f"nothing was changed: {_listed(failed)}. {cure}")

    def record(self, reason: str) -> None:
        """Say that this node failed; where nobody can be told, there is no quorum for others to go on with either."""
        with contextlib.suppress(Failed):
            self._etcd.put(f"{PREFIX}{self._me}", reason[:SHOWN])

    def clear(self) -> None:
        """This node is as it is wanted."""
        with contextlib.suppress(Failed):
            self._etcd.delete(f"{PREFIX}{self._me}")


def _listed(failed: dict[str, str]) -> str:
    return "; ".join(f"{name} failed at its change ({reason})" for name, reason in sorted(failed.items()))
