"""The Pulumi CLI and language host: the official ones if they are installed, otherwise ours."""

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from workbench.places import LAUNCHERS, programs
from workbench.programs.catalog import pulumi_version
from workbench.setup.launchers import hold, write

HOST = "pulumi-language-python"


@dataclass(frozen=True, kw_only=True)
class Cli:
    """An installed CLI that is new enough, and whether its language host for Python is installed too."""

    program: Path
    version: str
    has_host: bool


def official() -> Cli | None:
    """The CLI on PATH if it has at least the pinned minor version of the same major one."""
    path = _path()
    found = shutil.which("pulumi", path=path)
    if found is None:
        return None
    asked = subprocess.run([found, "version"], capture_output=True, text=True, check=False, timeout=30)
    version = asked.stdout.strip()
    have, need = _numbers(version), _numbers(pulumi_version())
    if have[:1] != need[:1] or have < need:
        return None
    beside = Path(found).resolve().parent / HOST  # its place in the official archive
    return Cli(
        program=Path(found), version=version, has_host=beside.exists() or shutil.which(HOST, path=path) is not None
    )


def ensure(found: Cli | None) -> str:
    """Install our own in one folder if the official ones are missing; reports the ones in use."""
    if found is not None and found.has_host:
        for name in ("pulumi", HOST):
            (LAUNCHERS / name).unlink(missing_ok=True)
        return f"the installed Pulumi {found.version} ({found.program}) with its language host"
    write(LAUNCHERS / HOST, "workbench.language.host")
    if found is not None:
        (LAUNCHERS / "pulumi").unlink(missing_ok=True)
        return f"the installed Pulumi {found.version} ({found.program}), without a host for Python: our stand-in"
    # A CLI accepts a host in its own real folder as "bundled" and warns about any other on PATH.
    hold((programs() / "cli" / "pulumi").resolve(), LAUNCHERS / "pulumi")
    return f"our own build of Pulumi {pulumi_version()} with our language host"


def _path() -> str:
    given = os.environ.get("PATH", os.defpath).split(os.pathsep)
    return os.pathsep.join(folder for folder in given if Path(folder) != LAUNCHERS)


def _numbers(version: str) -> tuple[int, ...]:
    """Major and minor version."""
    found = re.match(r"v?(\d+)\.(\d+)", version)
    return (int(found[1]), int(found[2])) if found else ()
