"""Checks the single program of an image: its architecture, and that it needs no other files."""

import struct
from pathlib import Path

from provider.local.machines.unable import Unable

# Values of e_machine and p_type, see elf(5), and Go's names for the processors, which OCI uses (image specification).
_ARCHITECTURES = {0x3E: "amd64", 0xB7: "arm64", 0xF3: "riscv64", 0x15: "ppc64le", 0x16: "s390x"}
_INTERPRETER = 3


def architecture(program: Path) -> str:
    """OCI's name for the processor. Raises `Unable` if the program cannot run alone in an image."""
    with program.open("rb") as file:
        head = file.read(4096)
    order = {1: "<", 2: ">"}.get(head[5] if len(head) > 64 else 0)  # noqa: PLR2004  size of a 64-bit header
    if head[:5] != b"\x7fELF\x02" or order is None:
        raise _refusal(program, "no 64-bit ELF program")
    (machine,) = struct.unpack_from(f"{order}H", head, 18)
    (table,) = struct.unpack_from(f"{order}Q", head, 32)
    size, count = struct.unpack_from(f"{order}HH", head, 54)
    types = [struct.unpack_from(f"{order}I", head, table + size * index)[0] for index in range(count)]
    if _INTERPRETER in types:
        raise _refusal(program, "a dynamically linked program")
    if machine not in _ARCHITECTURES:
        raise _refusal(program, f"a program for processor {machine:#x}")
    return _ARCHITECTURES[machine]


def _refusal(program: Path, got: str) -> Unable:
    return Unable(
        f"{program.name} is a statically linked program for {', '.join(_ARCHITECTURES.values())}",
        got=got,
        why="its container image contains nothing else",
        fix="build it with CGO_ENABLED=0",
    )
