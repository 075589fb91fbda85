"""Nodes whose change failed while they held the cluster's lock: a change that broke one node must not be applied to the
next.

The lock alone would let a bad change break every node, one after the other. A node that fails records this in etcd, and
the others, which waited for the lock, stop before they start. The record stays until the node matches the plan again: a
reverted change, or a fixed cause, reaches the failed node first, and the others wait for it.
"""

import contextlib
import time
from collections.abc import Callable, Iterable

from agent.etcd.client import EtcdClient
from agent.model.failure import Failed

PREFIX = "/quorate/failed/"
SHOWN = 300  # characters of a reason
FIX_SECONDS = 300.0  # for the failed node's own run, which starts at the same time
POLL_SECONDS = 1.0


class Failures:
    """`others` are the names of the other planned members; records of removed nodes are ignored."""

    def __init__(self, etcd: EtcdClient, *, me: str, others: Iterable[str]) -> None:
        self._etcd = etcd
        self._me = me
        self._others = frozenset(others)

    def of_others(self) -> dict[str, str]:
        """Reasons by name. Raises Unreachable."""
        found = ((key.removeprefix(PREFIX), value) for key, value in self._etcd.entries(PREFIX))
        return {name: value.decode(errors="replace") for name, value in found if name in self._others}

    def await_fixed(self, *, say: Callable[[str], None], patience: float = FIX_SECONDS) -> None:
        """Wait for nodes that failed earlier. Raises Failed if they are not fixed in time."""
        deadline, shown = time.monotonic() + patience, ""
        while failed := self.of_others():
            text = _listed(failed)
            if time.monotonic() > deadline:
                raise Failed(
                    f"nothing was changed: {text}, and was not fixed within {patience:.0f} s. Run the update for that "
                    "node first, or replace it"
                )
            if text != shown:
                say(f"{text}; waiting for it")
                shown = text
            time.sleep(POLL_SECONDS)

    def require_none(self) -> None:
        """Raises Failed if a node failed while this one waited for the lock."""
        if failed := self.of_others():
            cure = "Fix the cause or revert the change, and run the update again"
            raise Failed(f"nothing was changed: {_listed(failed)}. {cure}")

    def record(self, reason: str) -> None:
        """Record that this node failed.

        If the record cannot be written, the other nodes have no quorum either and cannot continue.
        """
        with contextlib.suppress(Failed):
            self._etcd.put(f"{PREFIX}{self._me}", reason[:SHOWN])

    def clear(self) -> None:
        """This node matches the plan."""
        with contextlib.suppress(Failed):
            self._etcd.delete(f"{PREFIX}{self._me}")


def _listed(failed: dict[str, str]) -> str:
    return "; ".join(f"{name} failed at its change ({reason})" for name, reason in sorted(failed.items()))
