"""The programs in node.json: files of a store, and packages of the distribution."""

from dataclasses import dataclass
from typing import Literal, cast

from agent.model.json_reading import Json, Malformed

Kind = Literal["binary", "cni", "image", "package"]
KINDS = ("binary", "cni", "image", "package")


@dataclass(frozen=True, kw_only=True)
class Artifact:
    """One file of the store, relative to it.

    A package also has the `release` that it is for (such as debian-12), its `name` and `version`, and the node's
    packages that need it (`needed_by`).
    """

    path: str
    sha256: str
    kind: Kind
    release: str = ""
    name: str = ""
    version: str = ""
    needed_by: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Package:
    """A distribution package. `version` is a prefix (1.36.3 accepts 1.36.3-1.1), and None accepts any.

    `minimum` is the oldest version that works; `held` keeps the package from being upgraded by others.
    """

    name: str
    version: str | None = None
    minimum: str | None = None
    held: bool = False

    def __str__(self) -> str:
        """The name and version for messages."""
        return f"{self.name} {self.version or (f'{self.minimum} or newer' if self.minimum else '(any version)')}"


def artifact(value: Json) -> Artifact:
    """One entry of `digests`. Raises Malformed."""
    kind = value["kind"].text()
    if kind not in KINDS:
        raise Malformed(f"{value.at}.kind must be one of {', '.join(KINDS)}, but is {kind}")
    return Artifact(
        path=value["path"].text(),
        sha256=value["sha256"].text(),
        kind=cast("Kind", kind),
        release=value["release"].text(""),
        name=value["name"].text(""),
        version=value["version"].text(""),
        needed_by=tuple(name.text() for name in value["neededBy"].items()),
    )


def package(value: Json) -> Package:
    """One entry of `packages`. Raises Malformed."""
    return Package(
        name=value["name"].text(),
        version=value["version"].text("") or None,
        minimum=value["minimum"].text("") or None,
        held=value["held"].present and value["held"].flag(),
    )
