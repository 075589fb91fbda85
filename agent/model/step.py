"""Brings one program on the machine to its planned state.

A step knows one program; the runner knows order, lock, quorum and retries.
"""

from abc import ABC, abstractmethod

from agent.model.difference import Difference


class Step(ABC):
    """`name` is also the owner written beside each planned file; `after` names the steps that must be done before."""

    name: str
    after: frozenset[str] = frozenset()

    @abstractmethod
    def differences(self) -> list[Difference]:
        """Everything that `apply` would change, and everything that is not healthy. Changes nothing."""

    def cure(self) -> bool:
        """Repair what keeps this node from taking the cluster's lock; returns whether there was anything to repair.

        Runs before the lock is taken and without it, on any number of nodes at the same time. Raises Failed.
        """
        return False

    @abstractmethod
    def apply(self) -> None:
        """Bring the program to the planned state; may be repeated after any interruption. Raises Failed."""

    @abstractmethod
    def verify(self) -> None:
        """Return once the program works. Raises NotHealthy with the last state, after the step's own deadline."""
