"""The processors that programs are built for, under the names that Go and Debian share."""

import os
from pathlib import Path
from typing import Literal, get_args

from workbench.places import cache

Architecture = Literal["amd64", "arm64"]
ARCHITECTURES: tuple[Architecture, ...] = get_args(Architecture)
MACHINES: dict[Architecture, str] = {"amd64": "x86_64", "arm64": "aarch64"}  # as uname(2) names them


def native() -> Architecture | None:
    """This computer's architecture, or None for any other."""
    return next((name for name, machine in MACHINES.items() if machine == os.uname().machine), None)


def current(architecture: Architecture | None = None) -> Path:
    """The newest complete set of programs for an architecture (None: this computer's), a link."""
    other = architecture is not None and architecture != native()
    return cache() / "programs" / (f"current-{architecture}" if other else "current")
