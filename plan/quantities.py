"""Kubernetes quantities as whole numbers that can be compared (Kubernetes: "Resource quantities")."""

import re
from decimal import Decimal
from math import ceil

AMOUNT = re.compile(r"([0-9]{1,15}(?:\.[0-9]{1,9})?)(m|k|M|G|T|P|Ki|Mi|Gi|Ti|Pi)?")
DECIMAL = {"k": 10**3, "M": 10**6, "G": 10**9, "T": 10**12, "P": 10**15}
BINARY = {"Ki": 2**10, "Mi": 2**20, "Gi": 2**30, "Ti": 2**40, "Pi": 2**50}
MILLI = Decimal("0.001")
UNITS: dict[str | None, Decimal] = {
    None: Decimal(1),
    "m": MILLI,
    **{unit: Decimal(size) for unit, size in (*DECIMAL.items(), *BINARY.items())},
}


def millicores(text: str) -> int | None:
    """Thousandths of a processor, rounded up; None if the text is not a CPU quantity."""
    found = AMOUNT.fullmatch(text)
    if found is None or found[2] not in (None, "m", "k"):
        return None
    return _rounded_up(Decimal(found[1]) * UNITS[found[2]] * 1000)


def octets(text: str) -> int | None:
    """Bytes, rounded up; None if it is not a memory quantity.

    `m` means thousandths of a byte, so it is treated as a typo.
    """
    found = AMOUNT.fullmatch(text)
    if found is None or found[2] == "m":
        return None
    return _rounded_up(Decimal(found[1]) * UNITS[found[2]])


def _rounded_up(amount: Decimal) -> int:
    return ceil(amount)
