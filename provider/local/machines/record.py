"""Small JSON records that are written atomically."""

import json
import os
from collections.abc import Mapping
from pathlib import Path


def write(path: Path, record: Mapping[str, object], *, mode: int = 0o644) -> None:
    """Write the record so that an interruption leaves the old one or the new one."""
    text = json.dumps(record, indent=2, sort_keys=True) + "\n"
    new = path.with_name(f".{path.name}.new")
    new.unlink(missing_ok=True)
    handle = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)


def read(path: Path) -> dict[str, object] | None:
    """The record, or None if it is missing or not a mapping."""
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError, json.JSONDecodeError):
        return None
    return record if isinstance(record, dict) else None
