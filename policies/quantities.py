"""Amounts as Kubernetes writes them."""

import re
from fractions import Fraction

from policies.parsers.limits import DIGITS, EXPONENT

_AMOUNT = re.compile(r"(\d+(?:\.\d*)?|\.\d+)(?:([eE][+-]?\d+)|([numkMGTPE]|[KMGTPE]i))?")
_UNITS = {
    **{unit: Fraction(10) ** power for unit, power in zip("numkMGTPE", (-9, -6, -3, 3, 6, 9, 12, 15, 18), strict=True)},
    **{f"{unit}i": Fraction(1024) ** power for power, unit in enumerate("KMGTPE", 1)},
}


def amount(text: str) -> Fraction | None:
    """The number; None for a text that is not an amount."""
    found = _AMOUNT.fullmatch(text)
    if found is None:
        return None
    number, exponent, unit = found.groups()
    if len(number) > DIGITS or (exponent and abs(int(exponent[1:][:9])) > EXPONENT):
        return None
    return Fraction(number + (exponent or "")) * (_UNITS[unit] if unit else 1)
