"""How bad input is refused: every problem says the bound, what was given, why it matters and what to change."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """One problem. `at` is the setting's path as the user writes it, such as `nodes[1].address`."""

    at: str
    bound: str
    got: object
    why: str
    fix: str

    def __str__(self) -> str:
        return f"{self.at}: must be {self.bound}, but is {self.got}\n    why: {self.why}\n    fix: {self.fix}"


class Refused(Exception):
    """Input that cannot become a plan. `refusals` holds every problem that was found, not only the first.

    `left` says what has not happened: another thing where there is a cluster already.
    """

    def __init__(self, refusals: Sequence[Refusal], *, left: str = "nothing was created") -> None:
        self.refusals = tuple(refusals)
        count = len(self.refusals)
        title = f"settings refused: {count} problem{'s' if count != 1 else ''}; {left}"
        super().__init__("\n\n".join([title, *(f"  {refusal}" for refusal in self.refusals)]))
