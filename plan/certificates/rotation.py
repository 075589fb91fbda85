"""Replaces one key with another, while every node accepts every key in use.

In a list of generations the first is active (it signs, or encrypts) and all of them are accepted. A rotation goes
through three lists, and every node must have one before any node may get the next:

    [1]     steady
    [1, 2]  the successor is accepted everywhere, but not in use yet
    [2, 1]  the successor is active, and the predecessor is still accepted
    [2]     the predecessor is removed

A step is safe exactly when the active generation of each side is accepted by the other.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum


class Phase(Enum):
    """The next thing to do."""

    ADD = "add"
    PROMOTE = "promote"
    REMOVE = "remove"


@dataclass(frozen=True, kw_only=True)
class Step:
    """The next list. `subject` is the generation that is added, promoted or removed."""

    phase: Phase
    subject: int
    generations: tuple[int, ...]


def next_step(generations: Sequence[int]) -> Step:
    """The step that continues or starts a rotation: the newer generation has the greater number."""
    active, *accepted = generations
    if not accepted:
        return Step(phase=Phase.ADD, subject=active + 1, generations=(active, active + 1))
    (other,) = accepted
    if other > active:
        return Step(phase=Phase.PROMOTE, subject=other, generations=(other, active))
    return Step(phase=Phase.REMOVE, subject=other, generations=(active,))


def numbered(name: str, generation: int) -> str:
    """The name with its generation.

    The first has no number, so it keeps the name that it had before the first rotation.
    """
    return name if generation == 1 else f"{name}-{generation}"
