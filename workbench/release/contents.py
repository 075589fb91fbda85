"""The files of the distribution.

The rooms of this repository are packages of the top level, with short names such as `plan`. In an environment of other
programs these names are taken, so the wheel has every room inside the package `quorate`, with its imports rewritten.
"""

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = "quorate"
ROOMS = ("agent", "components", "documents", "operations", "plan", "policies", "provider", "workbench")
WHOLE = tuple(room for room in ROOMS if room != "workbench")  # of the workbench only what the others import
DATA = (".json", ".yaml", ".txt", ".pyi", ".typed")


def wheel_files() -> Mapping[str, bytes]:
    """By path inside the wheel."""
    found: dict[str, bytes] = {}
    for path in _package_files():
        inside = path.relative_to(ROOT).as_posix()
        place = inside if inside.startswith(f"{PACKAGE}/") else f"{PACKAGE}/{inside}"
        found[place] = rewritten(path.read_text(encoding="utf-8")).encode() if _is_module(path) else path.read_bytes()
    for path in sorted((ROOT / "agent").rglob("*.py")):
        # Machines run these: the same bytes, and so the same digest, as from a clone.
        found[f"{PACKAGE}/agent/shipped/{path.relative_to(ROOT / 'agent').as_posix()}"] = path.read_bytes()
    return found


def source_files() -> Mapping[str, bytes]:
    """By path inside the source distribution."""
    folders = (PACKAGE, *ROOMS)
    paths = [ROOT / "pyproject.toml", ROOT / "README.md", ROOT / "CHANGELOG.md"]
    paths += [path for folder in folders for path in _files(ROOT / folder)]
    return {path.relative_to(ROOT).as_posix(): path.read_bytes() for path in paths}


def rewritten(text: str) -> str:
    """A module's text with its imports of rooms below the package."""
    lines = text.split("\n")
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.ImportFrom) and not node.level and _room(node.module or ""):
            line = lines[node.lineno - 1]
            lines[node.lineno - 1] = line.replace(f"from {node.module}", f"from {PACKAGE}.{node.module}", 1)
        elif isinstance(node, ast.Import):
            for alias in node.names:
                if _room(alias.name):
                    lines[node.lineno - 1] = _import(lines[node.lineno - 1], alias)
    return "\n".join(lines)


def _import(line: str, alias: ast.alias) -> str:
    if "." in alias.name and alias.asname is None:
        raise ValueError(f"`import {alias.name}` binds a room's name; write `from ... import` instead")
    before, _, name = alias.name.rpartition(".")
    end = f" as {alias.asname}" if alias.asname else ""
    return line.replace(
        f"import {alias.name}{end}", f"from {'.'.join(filter(None, (PACKAGE, before)))} import {name}{end}"
    )


def _room(module: str) -> bool:
    return module.partition(".")[0] in ROOMS


def _package_files() -> Iterator[Path]:
    yield from _files(ROOT / PACKAGE)
    for room in WHOLE:
        yield from _files(ROOT / room)
    needed = _imported_from_workbench()
    yield from sorted(needed)


def _imported_from_workbench() -> set[Path]:
    """Modules of the workbench that the other rooms need, with the packages around them."""
    found: set[Path] = set()
    waiting = [path for room in (PACKAGE, *WHOLE) for path in _files(ROOT / room) if _is_module(path)]
    while waiting:
        for name in _imports(waiting.pop()):
            path = _module(name)
            if path is not None and path not in found:
                found.add(path)
                waiting.append(path)
    return found


def _imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        else:
            continue
        for name in names:
            parts = name.split(".")
            if parts[0] == "workbench":
                yield from (".".join(parts[:length]) for length in range(1, len(parts) + 1))


def _module(name: str) -> Path | None:
    stem = ROOT.joinpath(*name.split("."))
    return next((path for path in (stem.with_suffix(".py"), stem / "__init__.py") if path.is_file()), None)


def _files(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts and (_is_module(path) or path.suffix in DATA):
            yield path


def _is_module(path: Path) -> bool:
    return path.suffix == ".py"
