"""Control-plane nodes admit a worker to the cluster or remove it, during the worker's own update."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

from provider.hosts.connection import Connection
from provider.hosts.failure import HostFailure, Unreachable
from provider.hosts.run import PAUSE_SECONDS, Ran, Runner
from provider.hosts.shipment import shipment


class Admission:
    """Tries one control-plane node after another until one can be reached."""

    def __init__(self, runner: Runner, agent: bytes, doors: Sequence[Connection]) -> None:
        self._runner = runner
        self._data = shipment(agent)
        self._doors = doors

    @contextmanager
    def ticket(self, worker: str) -> Iterator[str]:
        """A token for the worker, revoked at the end of the block. Raises the node's own error."""
        try:
            ran = self._ask("admit", worker)
            if ran.problem is not None:
                raise ran.problem
            yield ran.ticket
        finally:
            # Revoke it in every case. If this fails, the token expires by itself after ten minutes.
            self._ask("settle", worker)

    def expel(self, worker: str) -> Exception | None:
        """Drain the worker and remove it from the cluster; returns the error, or None."""
        return self._ask("expel", worker).problem

    def _ask(self, verb: str, worker: str) -> Ran:
        # A node that is off costs one try while another responds; all of them are tried again only if none responds.
        once, end = replace(self._runner, reach=0), time.monotonic() + self._runner.reach
        while True:
            unreachable: list[str] = []
            for door in self._doors:
                ran = once.run(door, (verb, worker), self._data)
                if not isinstance(ran.problem, Unreachable):
                    return ran
                unreachable.append(str(ran.problem))
            if time.monotonic() >= end:
                break
            self._runner.sessions.cancelled.wait(PAUSE_SECONDS)
        problem = HostFailure("no control-plane node can be reached for the worker:\n" + "\n".join(unreachable))
        return Ran(result=None, problem=problem, member=False, host_key=None)
