"""How a worker is let in and out: by a control-plane node, at the moment when it is needed."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from provider.hosts.connection import Connection
from provider.hosts.failure import HostFailure, Unreachable
from provider.hosts.run import Ran, Runner
from provider.hosts.shipment import shipment


class Admission:
    """Asks one control-plane node after the other, until one can be reached."""

    def __init__(self, runner: Runner, agent: bytes, doors: Sequence[Connection]) -> None:
        self._runner = runner
        self._data = shipment(agent)
        self._doors = doors

    @contextmanager
    def ticket(self, worker: str) -> Iterator[str]:
        """A token for the worker, which is of no use after the block. Raises what the node said."""
        try:
            ran = self._ask("admit", worker)
            if ran.problem is not None:
                raise ran.problem
            yield ran.ticket
        finally:
            # Whatever became of it. Where this fails, its own end of life does it in ten minutes.
            self._ask("settle", worker)

    def expel(self, worker: str) -> Exception | None:
        """Move its pods away and forget it; why that failed, None where it did not."""
        return self._ask("expel", worker).problem

    def _ask(self, verb: str, worker: str) -> Ran:
        unreachable: list[str] = []
        for door in self._doors:
            ran = self._runner.run(door, (verb, worker), self._data)
            if not isinstance(ran.problem, Unreachable):
                return ran
            unreachable.append(str(ran.problem))
        problem = HostFailure("no control-plane node can be reached for the worker:\n" + "\n".join(unreachable))
        return Ran(result=None, problem=problem, member=False, host_key=None)
