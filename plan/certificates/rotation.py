"""One key takes over from another without a moment in which somebody meets what he does not know.

A list of generations says who is active (the first: it signs, or encrypts) and who else is accepted (all of them). A
rotation goes through three lists, and every node must have one before any node may get the next:

    [1]     steady
    [1, 2]  the successor is accepted everywhere, and nothing of it is in use yet
    [2, 1]  the successor is active, and what its predecessor made is still accepted
    [2]     the predecessor is forgotten

So a step is safe exactly when the active one of each side is accepted by the other.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum


class Phase(Enum):
    """What is to be done next."""

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
    """The step that continues a rotation, or begins one: the newer generation has the greater number."""
    active, *accepted = generations
    if not accepted:
        return Step(phase=Phase.ADD, subject=active + 1, generations=(active, active + 1))
    (other,) = accepted
    if other > active:
        return Step(phase=Phase.PROMOTE, subject=other, generations=(other, active))
    return Step(phase=Phase.REMOVE, subject=other, generations=(active,))


def numbered(name: str, generation: int) -> str:
    """Name of what belongs to a generation; the first has none of its own, so that it keeps what it always had."""
    return name if generation == 1 else f"{name}-{generation}"
