"""`python3 -m workbench.programs.earlier [GROUP ...]`: earlier versions, from which an upgrade starts.

They are not part of `make setup`: building them takes minutes, and only that drill needs them. The set is complete, so
that a store can be built from it; programs that are the same in both are linked from the current set.
"""

import hashlib
import os
import sys
from dataclasses import replace
from pathlib import Path

from workbench.places import cache, programs
from workbench.programs.build import FLAGS, LINKER_FLAGS, alone, complete
from workbench.programs.catalog import Program, catalog, kubernetes_stamps, module, version
from workbench.programs.golang import go_version
from workbench.progress import Failure

GROUPS = {"kubernetes": "earlier/kubernetes", "etcd": "earlier/etcd"}


def kubernetes_version() -> str:
    """Such as 1.36.2."""
    return version(GROUPS["kubernetes"], "k8s.io/kubernetes").removeprefix("v")


def etcd_version() -> str:
    """Such as 3.6.8."""
    return version(GROUPS["etcd"], "go.etcd.io/etcd/server/v3").removeprefix("v")


def earlier() -> tuple[Program, ...]:
    """The programs of the current catalog that have an earlier version here."""
    stamps = {"kubernetes": kubernetes_stamps(GROUPS["kubernetes"])}
    return tuple(
        replace(program, group=GROUPS[program.group], stamps=stamps.get(program.group, ()))
        for program in catalog()
        if program.group in GROUPS
    )


def build(*groups: str) -> Path:
    """Build missing programs and return the complete set. Can be interrupted and run again. Raises `Failure`.

    `groups`: the groups to build in their earlier version; empty: all.
    """
    root, present = cache() / "programs", programs().resolve()
    wanted = groups or tuple(GROUPS)
    digest = hashlib.sha256(repr((go_version(), FLAGS, LINKER_FLAGS, os.uname().machine, earlier())).encode())
    for group in GROUPS.values():
        digest.update(b"".join(source.read_bytes() for source in sorted(module(group).iterdir())))
    built = root / f"earlier-{digest.hexdigest()[:16]}"
    folder = built.with_name(f"{built.name}-{'-'.join(sorted(wanted))}")
    with alone(root / ".earlier.lock"):
        complete((program for program in earlier() if _group(program) in wanted), built, go_version())
        for program in catalog():
            of = built if program.group in wanted else present
            if (of / program.place).exists():
                _link(folder / program.place, of / program.place)
    return folder


def _group(program: Program) -> str:
    return next(name for name, group in GROUPS.items() if group == program.group)


def _link(link: Path, to: Path) -> None:
    link.parent.mkdir(parents=True, exist_ok=True)
    link.unlink(missing_ok=True)
    link.symlink_to(to)


def main(groups: list[str]) -> int:
    """Build, then print the folder."""
    if unknown := sorted(set(groups) - set(GROUPS)):
        sys.stderr.write(f"programs: unknown group {', '.join(unknown)}; there are {', '.join(GROUPS)}\n")
        return 1
    try:
        sys.stdout.write(f"{build(*groups)}\n")
    except Failure as failure:
        sys.stderr.write(f"programs: {failure}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
