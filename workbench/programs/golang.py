"""The Go toolchain on this computer, and whether it is new enough for every pinned module."""

import os
import re
import shutil
import subprocess
from pathlib import Path

from workbench.programs.catalog import GROUPS, module
from workbench.progress import Failure

WAYS = (
    "install one of: Debian's golang-go (or golang-{minor} from the backports of your release) if it is new enough;"
    " any Go from 1.21 on with GOTOOLCHAIN=auto, which fetches the right one through your module proxy;"
    " or the Go project's own archive, unpacked to /usr/local/go"
)


def needed() -> tuple[int, int]:
    """The newest `go` line of all go.mod files, as (major, minor)."""
    texts = [(module(group) / "go.mod").read_text(encoding="utf-8") for group in GROUPS]
    return max(_numbers(text) for text in texts)


def go() -> Path:
    """The `go` command. Raises `Failure` if it is not installed."""
    # The location of the Go project's own archive, which its installation page does not add to PATH.
    found = shutil.which("go") or shutil.which("go", path="/usr/local/go/bin")
    if found is None:
        major, minor = needed()
        message = f"Go {major}.{minor} is needed to build the programs, but there is no `go` on PATH; " + _ways(minor)
        raise Failure(message)
    return Path(found)


def go_version() -> str:
    """Version of the toolchain that will build, such as go1.26.8. Raises `Failure` if it is too old."""
    asked = subprocess.run(
        [go(), "env", "GOVERSION"],
        cwd=module("kubernetes"),  # the newest `go` line: lets a Go with GOTOOLCHAIN=auto switch
        env=build_environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    version = asked.stdout.strip()
    if asked.returncode != 0 or _numbers(version) < needed():
        major, minor = needed()
        found = version or asked.stderr.strip()
        message = f"Go {major}.{minor} or newer is needed to build the programs, but {go()} says: {found}; "
        raise Failure(message + _ways(minor))
    return version


def build_environment(architecture: str | None = None) -> dict[str, str]:
    """The caller's environment with fixed values for what must not vary: no C compiler, no surrounding workspace, no
    extra flags.

    `architecture`: the processor that the programs are built for, under Go's name (`amd64`, `arm64`); None: this one.
    """
    keep = {name: value for name, value in os.environ.items() if name not in {"GOFLAGS", "GOARCH", "GOOS"}}
    target = {"GOOS": "linux", "GOARCH": architecture} if architecture else {}
    return {**keep, "CGO_ENABLED": "0", "GOWORK": "off", **target}


def _ways(minor: int) -> str:
    return WAYS.format(minor=f"1.{minor}")


def _numbers(text: str) -> tuple[int, int]:
    found = re.search(r"^go ?(\d+)\.(\d+)", text, re.MULTILINE)
    return (int(found[1]), int(found[2])) if found else (0, 0)
