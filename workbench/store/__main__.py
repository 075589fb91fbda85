"""`python -m workbench.store --into FOLDER [--architecture arm64] [--release debian-13 ...]`: builds a store."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from documents.packages import carried
from provider.local.machines import image, store
from provider.local.machines.unable import Unable
from workbench.places import cache
from workbench.programs.architecture import ARCHITECTURES, current, native
from workbench.progress import Failure
from workbench.store.distribution import SUITES, Apt, platform


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m workbench.store", description="Build an artifact store.")
    parser.add_argument("--into", type=Path, required=True, help="the store's folder; brought up to date in place")
    parser.add_argument("--architecture", choices=ARCHITECTURES, default=native(), help="the nodes' processor")
    parser.add_argument("--programs", type=Path, help="folder with bin/ and cni/ (default: the last build)")
    parser.add_argument(
        "--release",
        action="append",
        choices=[*SUITES],
        help="whose packages it has (repeatable; default: debian-12 on a Debian computer, else none)",
    )
    parser.add_argument(
        "--sources", type=_sources, action="append", default=[], help="RELEASE=FILE: its repositories, sources.list(5)"
    )
    parser.add_argument("--refresh", action="store_true", help="download packages again, for security updates")
    given = parser.parse_args()
    try:
        _build(given, given.release or (["debian-12"] if platform().get("ID") == "debian" else []))
    except (Failure, Unable) as reason:
        sys.stderr.write(f"store: {reason}\n")
        return 1
    return 0


def _build(given: argparse.Namespace, releases: Sequence[str]) -> None:
    sources = dict(given.sources)
    programs = given.programs or current(given.architecture).resolve()
    own = programs if given.architecture == native() else current().resolve()
    apts = [
        Apt(cache() / "packages" / f"{release}-{given.architecture}", release, given.architecture, sources.get(release))
        for release in releases
    ]
    packages = [package for apt in apts for package in apt.packages(carried(), refresh=given.refresh)]
    root = apts[0].root() if apts else image.path()
    store.build(programs, given.into, root, _say, packages=packages, kubeadm=own / "bin" / "kubeadm")


def _sources(text: str) -> tuple[str, Path]:
    release, _, file = text.partition("=")
    if release not in SUITES or not Path(file).is_file():
        message = f"{text} is not RELEASE=FILE, with a release of {', '.join(SUITES)} and a file that exists"
        raise argparse.ArgumentTypeError(message)
    return release, Path(file)


def _say(text: str) -> None:
    sys.stderr.write(f"{text}\n")


if __name__ == "__main__":
    sys.exit(main())
