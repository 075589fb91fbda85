"""The virtual environment at the repository's root, filled from hash-pinned requirements by uv."""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

from workbench.places import PYTHON, ROOT, VENV, cache
from workbench.progress import Failure

REQUIREMENTS = ROOT / "requirements-dev.txt"  # holds requirements.txt: one environment serves the program and its tests
UV_REQUIREMENTS = Path(__file__).with_name("uv.txt")


def ensure() -> None:
    """Create the environment and install exactly the pinned requirements. Raises `Failure`."""
    program = uv()
    if not _works():
        _run(
            [program, "venv", "--quiet", "--clear", "--python", sys.executable, str(VENV)],
            "make the Python environment",
        )
    sync = [program, "pip", "sync", "--quiet", "--require-hashes", "--compile-bytecode", "--python", str(PYTHON)]
    _run([*sync, str(REQUIREMENTS)], "install the Python packages")


def _works() -> bool:
    """Whether there is an environment of the Python that runs this; a removed Python leaves a broken link."""
    if not PYTHON.exists():
        return False
    ask = [str(PYTHON), "-I", "-c", "import sys; print(sys.version_info[:2])"]
    done = subprocess.run(ask, capture_output=True, text=True, check=False)
    return done.stdout.strip() == str(sys.version_info[:2])


def uv() -> str:
    """The uv on PATH, or our own in the cache."""
    found = shutil.which("uv")
    if found is not None:
        return found
    folder = cache() / "uv" / hashlib.sha256(UV_REQUIREMENTS.read_bytes()).hexdigest()[:16]
    if not (folder / "bin" / "uv").exists():
        folder.parent.mkdir(parents=True, exist_ok=True)
        unfinished = folder.with_name(f".{folder.name}.{os.getpid()}.unfinished")
        _run([sys.executable, "-m", "venv", str(unfinished)], "make an environment for uv")
        install = [str(unfinished / "bin" / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        _run([*install, "--require-hashes", "--only-binary=:all:", "-r", str(UV_REQUIREMENTS)], "install uv")
        # uv is one file that works in a renamed folder, unlike the environment around it.
        unfinished.rename(folder)
    return str(folder / "bin" / "uv")


def _run(command: list[str], what: str) -> None:
    # Always the interpreter that runs this; uv must not download another.
    variables = {**os.environ, "UV_PYTHON_DOWNLOADS": "never"}
    done = subprocess.run(
        command, cwd=ROOT, env=variables, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        last = "\n".join((done.stdout + done.stderr).strip().splitlines()[-10:])
        message = f"could not {what}: {' '.join(command)} ended with status {done.returncode}:\n{last}"
        raise Failure(message)
