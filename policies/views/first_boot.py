"""The first-boot text of a cloud machine: which property holds it, and what is in it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from policies.parsers.first_boot import FirstBoot, first_boot
from policies.resources import Resource
from policies.views.hosts import FIRST_BOOT, File

PROPERTIES = ("userDataBase64", "userData")
# pulumi-aws up to version 6 keeps only a digest of the text in its outputs.
_DIGEST = re.compile(r"[0-9a-f]{40}")


@dataclass(frozen=True)
class Booted:
    """Files and commands of a machine's first boot."""

    files: dict[str, File] = field(default_factory=dict)
    commands: str = ""

    def texts(self) -> Iterator[str]:
        """The commands and every known file."""
        yield self.commands
        yield from (file.content for file in self.files.values() if file.content is not None)


def booted(resource: Resource, template: Resource | None) -> Booted:
    """The first-boot text; an instance without its own gets its template's."""
    properties = resource.properties
    known = [n for n in PROPERTIES if properties.known(n) and properties.has(n) and not _digest(resource, n)]
    unknown = [
        n
        for n in PROPERTIES
        if not known and (_digest(resource, n) or _waits(resource, n)) and not resource.computed(n)
    ]
    if unknown:  # an unknown first-boot text is one document that cannot be read yet
        return Booted({name: File(path=name, content=None, secret=False) for name in unknown})
    if not known:
        return booted(template, None) if template else Booted()
    return _parsed(properties.text(known[0]), known[0])


@lru_cache(maxsize=512)
def _parsed(text: str, name: str) -> Booted:
    found: FirstBoot = first_boot(text)
    files = {path: File(path=path, content=body, secret=False) for path, body in found.files.items()}
    for place, problem in found.problems.items():
        path = f"{name}: {place}" if place else name
        files[path] = File(path=path, content=None, secret=False, problem=problem)
    return Booted(files, "\n".join(found.commands))


def _waits(resource: Resource, name: str) -> bool:
    return not resource.properties.known(name)


def _digest(resource: Resource, name: str) -> bool:
    value = resource.properties.raw(name)
    return isinstance(value, str) and bool(_DIGEST.fullmatch(value)) and name.startswith(FIRST_BOOT)
