"""`pulumi install`: the commands that make a project's virtual environment and fill it."""

import shutil
import sys
from pathlib import Path

from workbench.language.interpreter import Interpreter


def commands(interpreter: Interpreter, folder: Path) -> list[list[str]]:
    """The commands to run in `folder`, in this order; empty if the project names no packages."""
    python = sys.executable if interpreter.venv is None else str(interpreter.venv / "bin" / "python")
    wanted: list[list[str]] = []
    if interpreter.venv is not None and not Path(python).exists():
        wanted.append([shutil.which("python3") or sys.executable, "-m", "venv", str(interpreter.venv)])
    if (folder / "requirements.txt").exists():
        wanted.append([*_install(python), "-r", "requirements.txt"])
    elif (folder / "pyproject.toml").exists():
        wanted.append([*_install(python), "-e", "."])
    return wanted


def _install(python: str) -> list[str]:
    # uv creates environments without pip.
    uv = shutil.which("uv")
    if uv is not None:
        return [uv, "pip", "install", "--python", python]
    return [python, "-m", "pip", "install", "--disable-pip-version-check"]
