"""Amounts as Kubernetes writes them, as whole numbers that can be compared (Kubernetes: "Resource quantities")."""

import re

CPU = re.compile(r"(\d+)m|(\d+)(?:\.(\d{1,3}))?")
MEMORY = re.compile(r"(\d+)(Ki|Mi|Gi|Ti|k|M|G|T)?")
UNITS = {None: 1, "Ki": 2**10, "Mi": 2**20, "Gi": 2**30, "Ti": 2**40, "k": 10**3, "M": 10**6, "G": 10**9, "T": 10**12}


def millicores(text: str) -> int | None:
    """Thousandths of a processor; None for a text that is no amount of processors."""
    found = CPU.fullmatch(text)
    if found is None:
        return None
    thousandths, whole, part = found.groups()
    return int(thousandths) if thousandths else 1000 * int(whole) + int((part or "").ljust(3, "0"))


def octets(text: str) -> int | None:
    """Bytes of memory; None for a text that is no amount of memory."""
    found = MEMORY.fullmatch(text)
    return int(found[1]) * UNITS[found[2]] if found else None
