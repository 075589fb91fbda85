"""Where tests find the real programs: folders named by QUORATE_PROGRAMS, PATH, and what `make setup` has built."""

import os
import shutil
from pathlib import Path

import pytest

from workbench.places import programs


def find(name: str) -> Path | None:
    """The program's file, or None. Folders of QUORATE_PROGRAMS (separated like PATH) come first."""
    folders = [
        *os.environ.get("QUORATE_PROGRAMS", "").split(os.pathsep),
        *os.environ.get("PATH", "").split(os.pathsep),
        str(programs() / "bin"),
        "/usr/sbin",
        "/sbin",
    ]
    found = shutil.which(name, path=os.pathsep.join(folder for folder in folders if folder))
    return Path(found).resolve() if found else None


def needed(name: str) -> Path:
    """The program's file; the test is skipped, with the reason, where there is none."""
    found = find(name)
    if found is None:
        pytest.skip(f"{name} is not installed: looked at QUORATE_PROGRAMS, PATH and {programs() / 'bin'}")
    return found
