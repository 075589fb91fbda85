"""Reads the rooms of this repository and the imports between them from the sources."""

import ast
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# What each room may import besides itself and libraries, in the order of the picture from top to bottom.
ALLOWED: Mapping[str, frozenset[str]] = {
    "__main__": frozenset({"components", "plan"}),
    "quorate": frozenset({"components", "operations", "plan", "provider"}),
    "operations": frozenset({"agent", "plan", "policies", "workbench"}),
    "workbench": frozenset({"agent", "documents", "plan", "provider"}),
    "components": frozenset({"agent", "documents", "plan"}),
    "documents": frozenset({"plan"}),
    "provider": frozenset({"agent"}),
    "policies": frozenset(),
    "plan": frozenset(),
    "agent": frozenset(),
}
PURPOSES: Mapping[str, str] = {
    "__main__": "the Pulumi program",
    "quorate": "the package for other programs",
    "operations": "day-2 commands",
    "workbench": "set-up, stand-ins, emulated cloud, drills",
    "components": "Pulumi resources",
    "documents": "texts that machines read",
    "provider": "this project's resource types",
    "policies": "the policy pack; stands alone",
    "plan": "every decision, pure",
    "agent": "runs on each machine",
}


def sources() -> Iterator[tuple[str, Path]]:
    """Every module outside tests and docs: its dotted name and its file."""
    for room in ALLOWED:
        files = sorted((ROOT / room).rglob("*.py")) if (ROOT / room).is_dir() else [ROOT / f"{room}.py"]
        for path in files:
            name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
            yield name.removesuffix(".__init__"), path


@cache
def imports() -> Mapping[str, frozenset[str]]:
    """Modules of this project that each module imports anywhere in it, functions and type checks included."""
    modules = dict(sources())
    above = {"tests", "docs"}

    def found(path: Path) -> Iterator[str]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                yield from (alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module:
                for alias in node.names:
                    inner = f"{node.module}.{alias.name}"
                    yield inner if inner in modules else node.module

    return {
        name: frozenset(m for m in found(path) if m in modules or room(m) in above) for name, path in modules.items()
    }


def room(module: str) -> str:
    """The first part of a dotted name."""
    return module.partition(".")[0]


def picture() -> str:
    """Draw a flowchart of the rooms; every arrow is an existing import."""
    arrows = sorted(
        {(room(module), room(other)) for module, imported in imports().items() for other in imported},
        key=lambda arrow: [list(ALLOWED).index(end) if end in ALLOWED else len(ALLOWED) for end in arrow],
    )
    lines = ["flowchart TB"]
    for name, purpose in PURPOSES.items():
        lines.append(f'  {name}["{name.replace("__main__", "__main__.py")}<br/>{purpose}"]')
    lines += [f"  {start} --> {end}" for start, end in arrows if start != end and end in ALLOWED]
    return "\n".join(["```mermaid", *lines, "```"])
