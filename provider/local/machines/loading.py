"""The files that a dynamically linked program needs, read from ELF headers; nothing is run.

Numbers are those of elf(5).
"""

import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from provider.local.machines.unable import Unable

_LOAD, _DYNAMIC, _INTERPRETER = 1, 2, 3
_NEEDED, _STRINGS = 1, 5


@dataclass(frozen=True, kw_only=True)
class _Segment:
    kind: int
    offset: int
    address: int
    size: int


def closure(root: Path, program: str) -> Mapping[str, Path]:
    """Every file that `program`, an absolute path below `root`, needs to run: its source, by the absolute path inside.

    Raises `Unable` when one of them is missing.
    """
    found = {program: _below(root, program)}
    waiting = [program]
    while waiting:
        interpreter, libraries = _needs(found[waiting.pop()].read_bytes())
        for path in (*([interpreter] if interpreter else []), *(_library(root, name) for name in libraries)):
            if path not in found:
                found[path] = _below(root, path)
                waiting.append(path)
    return dict(sorted(found.items()))


def _library(root: Path, name: str) -> str:
    # Debian's loader looks there without any configuration (multiarch).
    at = next((path for path in sorted(root.glob(f"usr/lib/*-linux-gnu/{name}"))), None)
    return f"/{at.relative_to(root)}" if at else f"/usr/lib/{name}"


def _below(root: Path, path: str) -> Path:
    source = root / path.lstrip("/")
    if not source.exists():
        raise Unable(
            f"{path} is in the machine image {root}",
            got="it does not exist",
            why="a container image needs a copy of it",
            fix="remove the image's folder and run `make setup` again",
        )
    return source.resolve()


def _needs(content: bytes) -> tuple[str, tuple[str, ...]]:
    """The interpreter's path (empty for a static program) and the names of the libraries."""
    order = "<" if content[5] == 1 else ">"
    segments = list(_segments(content, order))
    interpreter = next((_text(content, s.offset) for s in segments if s.kind == _INTERPRETER), "")
    dynamic = next((s for s in segments if s.kind == _DYNAMIC), None)
    if dynamic is None:
        return interpreter, ()
    at = range(dynamic.offset, dynamic.offset + dynamic.size, 16)
    entries = [struct.unpack_from(f"{order}qQ", content, place) for place in at]
    address = next(value for tag, value in entries if tag == _STRINGS)
    loaded = next(s for s in segments if s.kind == _LOAD and s.address <= address < s.address + s.size)
    strings = address - loaded.address + loaded.offset
    return interpreter, tuple(_text(content, strings + value) for tag, value in entries if tag == _NEEDED)


def _segments(content: bytes, order: str) -> Iterator[_Segment]:
    (table,) = struct.unpack_from(f"{order}Q", content, 32)
    size, count = struct.unpack_from(f"{order}HH", content, 54)
    for index in range(count):
        kind, _, offset, address, _, length = struct.unpack_from(f"{order}IIQQQQ", content, table + size * index)
        yield _Segment(kind=kind, offset=offset, address=address, size=length)


def _text(content: bytes, at: int) -> str:
    return content[at : content.index(b"\0", at)].decode()
