"""How bad input is refused: each problem says what is expected, what was found, why it matters and how to fix it."""

from collections.abc import Sequence
from dataclasses import dataclass

from plan.visible import safe, shown

MOST_SHOWN = 100  # problems of one report
LONGEST_PART = 1_000  # characters


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """One problem. `at` is the setting's path as the user writes it, such as `nodes[1].address`.

    `what` completes "must be ...". `found` is a number or a text that is ready to be shown; quote a user's text with
    `plan.visible.shown`. Every part is sanitized here: none of them shows a key, a token or a control character.
    """

    at: str
    what: str
    found: object
    why: str
    fix: str

    def __post_init__(self) -> None:
        for name in ("at", "what", "found", "why", "fix"):
            value: object = getattr(self, name)
            text = safe(value, longest=LONGEST_PART) if isinstance(value, str) else shown(value)
            object.__setattr__(self, name, text)  # the class is frozen

    def __str__(self) -> str:
        return f"{self.at}: must be {self.what}, but is {self.found}\n    why: {self.why}\n    fix: {self.fix}"


class Refused(Exception):
    """Input that cannot become a plan. `refusals` holds every problem that was found, not only the first.

    `left` says what was not done, which differs once a cluster exists.
    """

    def __init__(self, refusals: Sequence[Refusal], *, left: str = "nothing was created") -> None:
        self.refusals = tuple(refusals)
        count = len(self.refusals)
        title = f"settings refused: {count} problem{'s' if count != 1 else ''}; {left}"
        more = [f"  and {count - MOST_SHOWN} more problems"] if count > MOST_SHOWN else []
        super().__init__("\n\n".join([title, *(f"  {refusal}" for refusal in self.refusals[:MOST_SHOWN]), *more]))
