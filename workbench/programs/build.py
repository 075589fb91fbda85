"""Building a set of programs into the cache: each one whole or not at all, none of them twice."""

import fcntl
import hashlib
import os
import subprocess
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from workbench.places import cache
from workbench.programs.catalog import Program, catalog, module
from workbench.programs.golang import build_environment, go, go_version
from workbench.progress import Failure, Progress

# No symbol tables: a third less to write, link and keep. No paths of this computer inside.
FLAGS = ("-trimpath", "-buildvcs=false", "-mod=readonly")
LINKER_FLAGS = ("-s", "-w")


def key(toolchain: str) -> str:
    """Name of the set that these sources, flags and this toolchain make."""
    made_of = (_made_of(program, toolchain) for program in catalog())
    return hashlib.sha256(repr(tuple(made_of)).encode()).hexdigest()[:16]


def _made_of(program: Program, toolchain: str) -> str:
    digest = hashlib.sha256(repr((toolchain, FLAGS, LINKER_FLAGS, os.uname().machine, program)).encode())
    for source in sorted(module(program.group).iterdir()):
        digest.update(source.name.encode() + b"\0" + source.read_bytes())
    return digest.hexdigest()


def build(programs: Iterable[Program]) -> Path:
    """Make what is missing of `programs` and return their set, which `current` then points to.

    May be interrupted at any point and run again: what was finished stays, and Go keeps its own
    cache of compiled packages. Raises `Failure` with the compiler's last lines.
    """
    root = cache() / "programs"
    with alone(root / ".lock"):
        toolchain = go_version()
        folder = root / key(toolchain)
        complete(programs, folder, toolchain)
        _point(root / "current", folder)
    return folder


def complete(programs: Iterable[Program], folder: Path, toolchain: str) -> None:
    """Make what is missing of `programs` in a folder. Raises `Failure`."""
    missing = [
        program
        for program in programs
        if not (folder / program.place).exists() and not _taken(program, _made_of(program, toolchain), folder)
    ]
    progress = Progress("programs", of=len(missing))
    for program in missing:
        with progress.part(f"build {program.name}"):
            _build_one(program, folder)
            _mark(program, folder).write_text(_made_of(program, toolchain), encoding="ascii")


def _mark(program: Program, folder: Path) -> Path:
    """The file that says what a program was made of."""
    return folder / program.folder / f".{program.name}.made-of"


def _taken(program: Program, made_of: str, folder: Path) -> bool:
    """Take the same program from another set: a change of one group leaves the others as they are."""
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


def _build_one(program: Program, folder: Path) -> None:
    target = folder / program.place
    target.parent.mkdir(parents=True, exist_ok=True)
    unfinished = folder / f".{program.name}.unfinished"
    linker = " ".join([*LINKER_FLAGS, *(f"-X {stamp}" for stamp in program.stamps)])
    command: list[str | Path] = [go(), "build", *FLAGS, f"-ldflags={linker}", "-o", unfinished, program.package]
    done = subprocess.run(
        command,
        cwd=module(program.group),
        env=build_environment(),
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
        os.fsync(written.fileno())  # else a power cut could leave a whole name with half a program
    unfinished.replace(target)


def _point(link: Path, folder: Path) -> None:
    new = link.with_name(".current.new")
    new.unlink(missing_ok=True)
    new.symlink_to(folder.name)
    new.replace(link)


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """Two clones of the project share the cache: one builds, the other waits and finds the work done."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
