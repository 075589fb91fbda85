"""Builds a set of programs into the cache: each one completely or not at all, and only once."""

import fcntl
import hashlib
import os
import subprocess
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from workbench.places import cache
from workbench.programs.architecture import MACHINES, Architecture, current, native
from workbench.programs.catalog import Program, catalog, module
from workbench.programs.golang import build_environment, go, go_version
from workbench.progress import Failure, Progress

# Without symbol tables, which saves a third of the size. The binaries contain no paths of this computer.
FLAGS = ("-trimpath", "-buildvcs=false", "-mod=readonly")
LINKER_FLAGS = ("-s", "-w")


def key(toolchain: str, machine: str = "") -> str:
    """Name of the set that these sources, flags and this toolchain produce for `machine` (default: this computer)."""
    made_of = (_made_of(program, toolchain, machine) for program in catalog())
    return hashlib.sha256(repr(tuple(made_of)).encode()).hexdigest()[:16]


def _made_of(program: Program, toolchain: str, machine: str = "") -> str:
    machine = machine or os.uname().machine
    digest = hashlib.sha256(repr((toolchain, FLAGS, LINKER_FLAGS, machine, program)).encode())
    for source in sorted(module(program.group).iterdir()):
        digest.update(source.name.encode() + b"\0" + source.read_bytes())
    return digest.hexdigest()


def build(programs: Iterable[Program], architecture: Architecture | None = None) -> Path:
    """Build what is missing of `programs` and return their set, which `current` then points to.

    A set for another processor than this computer's is cross-compiled, and its link is `current-ARCHITECTURE`.
    An interrupted build resumes where it stopped: finished programs stay, and Go keeps its own cache of compiled
    packages. Raises `Failure` with the compiler's last lines.
    """
    root = cache() / "programs"
    target = None if architecture == native() else architecture
    with alone(root / (f".lock-{target}" if target else ".lock")):
        toolchain = go_version()
        folder = root / key(toolchain, MACHINES[target] if target else "")
        complete(programs, folder, toolchain, target)
        _point(current(target), folder)
    return folder


def complete(
    programs: Iterable[Program], folder: Path, toolchain: str, architecture: Architecture | None = None
) -> None:
    """Build what is missing of `programs` in a folder. Raises `Failure`."""
    made_of = {p: _made_of(p, toolchain, MACHINES[architecture] if architecture else "") for p in programs}
    missing = [
        program
        for program, sources in made_of.items()
        if not (folder / program.place).exists() and not _taken(program, sources, folder)
    ]
    progress = Progress("programs", of=len(missing))
    for program in missing:
        with progress.part(f"build {program.name}{f' for {architecture}' if architecture else ''}"):
            _build_one(program, folder, architecture)
            _mark(program, folder).write_text(made_of[program], encoding="ascii")


def _mark(program: Program, folder: Path) -> Path:
    """The file that records the inputs of a program's build."""
    return folder / program.folder / f".{program.name}.made-of"


def _taken(program: Program, made_of: str, folder: Path) -> bool:
    """Link the same program from another set, so that a change of one group rebuilds that group only."""
    for mark in folder.parent.glob(f"*/{program.folder}/.{program.name}.made-of"):
        other = mark.with_name(program.name)
        if mark.read_text(encoding="ascii") == made_of and other.exists():
            (folder / program.place).parent.mkdir(parents=True, exist_ok=True)
            unfinished = folder / f".{program.name}.unfinished"
            unfinished.unlink(missing_ok=True)
            os.link(other, unfinished)
            unfinished.replace(folder / program.place)
            _mark(program, folder).write_text(made_of, encoding="ascii")
            return True
    return False


def _build_one(program: Program, folder: Path, architecture: Architecture | None) -> None:
    target = folder / program.place
    target.parent.mkdir(parents=True, exist_ok=True)
    unfinished = folder / f".{program.name}.unfinished"
    linker = " ".join([*LINKER_FLAGS, *(f"-X {stamp}" for stamp in program.stamps)])
    command: list[str | Path] = [go(), "build", *FLAGS, f"-ldflags={linker}", "-o", unfinished, program.package]
    done = subprocess.run(
        command,
        cwd=module(program.group),
        env=build_environment(architecture),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        last = "\n".join(done.stderr.strip().splitlines()[-15:])
        message = f"building {program.name} failed (go exit status {done.returncode}):\n{last}"
        raise Failure(message)
    with unfinished.open("rb") as written:
        os.fsync(written.fileno())  # a power cut must not leave half a program under its final name
    unfinished.replace(target)


def _point(link: Path, folder: Path) -> None:
    new = link.with_name(".current.new")
    new.unlink(missing_ok=True)
    new.symlink_to(folder.name)
    new.replace(link)


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """Clones of the project share the cache: one builds, and the others wait for its result."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
