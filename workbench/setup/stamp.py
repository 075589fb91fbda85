"""Records a complete set-up and its sources, so that the next one can skip it."""

import hashlib
import json
import os
import shutil
from pathlib import Path

from workbench.places import (
    LAUNCHERS,
    LOCAL_STACK,
    PASSPHRASE,
    PULUMI_HOME,
    PYTHON,
    ROOT,
    SSH_KEY,
    STAMP,
    STATE,
    programs,
)
from workbench.setup.purposes import Purpose
from workbench.stand_ins.aws.binary import find

SOURCES = (
    "requirements*.txt",
    "workbench/*.py",
    "workbench/setup/**/*",
    "workbench/programs/**/*",
    "workbench/store/*.py",
    "documents/packages.py",
    "workbench/language/**/*",
    "workbench/stand_ins/**/*",
    "provider/local/machines/**/*.py",
)
RESULTS = {
    Purpose.LINT: (PYTHON,),
    Purpose.TEST: (PYTHON, PULUMI_HOME / "plugins", STATE, PASSPHRASE, SSH_KEY),
    Purpose.AWS: (PYTHON, PULUMI_HOME / "plugins", STATE, PASSPHRASE, SSH_KEY),
    Purpose.UP: (PYTHON, PULUMI_HOME / "plugins", STATE, PASSPHRASE, SSH_KEY, LOCAL_STACK),
}


def digest() -> str:
    """A digest of every source of a set-up, the path of the clone, and the programs on PATH."""
    found = hashlib.sha256(repr((str(ROOT), str(programs()), _offered())).encode())
    for pattern in SOURCES:
        for file in sorted(ROOT.glob(pattern)):
            if file.is_file() and file.suffix != ".pyc":
                found.update(str(file.relative_to(ROOT)).encode() + b"\0" + file.read_bytes())
    return found.hexdigest()


def complete(purpose: Purpose) -> bool:
    """Whether this purpose was set up from the same sources and its results still exist."""
    results = [*RESULTS[purpose], *([] if purpose in {Purpose.LINT, Purpose.AWS} else [programs()])]
    return _read().get(purpose) == digest() and all(result.exists() for result in results)


def record(purpose: Purpose) -> None:
    """Record a complete set-up."""
    STAMP.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    unfinished = STAMP.with_suffix(".unfinished")
    unfinished.write_text(json.dumps({**_read(), purpose: digest()}, indent=2) + "\n", encoding="utf-8")
    unfinished.replace(STAMP)


def _read() -> dict[str, str]:
    try:
        known: dict[str, str] = json.loads(STAMP.read_text(encoding="utf-8"))
    except (FileNotFoundError, json.JSONDecodeError):
        return {}
    return known


def _offered() -> list[str]:
    """The programs on PATH that set-up uses instead of its own, each with its real path."""
    path = os.pathsep.join(
        folder for folder in os.environ.get("PATH", os.defpath).split(os.pathsep) if Path(folder) != LAUNCHERS
    )
    names = (
        "pulumi",
        "pulumi-language-python",
        "pulumi-resource-tls",
        "pulumi-resource-kubernetes",
        "pulumi-resource-aws",
        "go",
    )
    found = [Path(program) for name in names if (program := shutil.which(name, path=path))]
    provider = find(os.environ)
    return [str(program.resolve()) for program in (*found, *([provider] if provider else []))]
