"""Reads overrides from a committed file, so that they are reviewed too; each has a reason and an end date."""

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from operations.environment import PROJECT, OperationFailed

FILE = PROJECT / ".ci" / "allowances.json"
# An override is for one change. If it stayed valid after the change, it would let the next one pass unnoticed.
LONGEST = timedelta(days=14)


def allowances(stack: str, *, file: Path = FILE, today: date | None = None) -> dict[str, str]:
    """Reasons by guard for this stack. `[{"stack", "guard", "reason", "until": "2026-12-31"}, ...]`.

    Ignores expired entries. Raises `OperationFailed` for an entry without a reason, or whose end is too far away.
    """
    day = today or datetime.now(tz=UTC).date()
    try:
        entries = json.loads(file.read_text(encoding="utf-8")) if file.exists() else []
        found = [
            (str(e["stack"]), str(e["guard"]), str(e["reason"]).strip(), date.fromisoformat(e["until"]))
            for e in entries
        ]
    except (ValueError, KeyError, TypeError) as error:
        raise OperationFailed(
            f"{file.name}: each entry has stack, guard, reason and until (2026-12-31); {error!r}"
        ) from None
    for of_stack, guard, reason, until in found:
        if not reason or until > day + LONGEST:
            raise OperationFailed(
                f"{file.name}: the override of {guard} for {of_stack} needs a reason and an end date at most "
                f"{LONGEST.days} days from now; got {reason!r} and {until}"
            )
    return {
        guard: f"{reason} (until {until})"
        for of_stack, guard, reason, until in found
        if of_stack == stack and until >= day
    }
