"""One program's part of the machine. A step knows one program; order, lock, quorum and retries are the runner's."""

from abc import ABC, abstractmethod

from agent.model.difference import Difference


class Step(ABC):
    """`name` is also the owner written beside each wanted file; `after` names the steps that must be done before."""

    name: str
    after: frozenset[str] = frozenset()

    @abstractmethod
    def differences(self) -> list[Difference]:
        """Everything that `apply` would change, and everything that is not healthy. Changes nothing."""

    @abstractmethod
    def apply(self) -> None:
        """Bring the program to the wanted state; may be repeated from any point at which it was cut. Raises Failed."""

    @abstractmethod
    def verify(self) -> None:
        """Return once the program works. Raises NotHealthy with what was seen, within a deadline of its own."""
