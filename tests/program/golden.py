"""Every resource of the AWS environments as text, readable in review: `dev` whole, the others as departures from it.

Made again by `python -m tests.program.golden`.
"""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from workbench.mocks.aws import ENVIRONMENTS, environment
from workbench.mocks.recorder import Recorded, Run, Value

FOLDER = Path(__file__).parent / "golden"
HEADER = "Resources of the environment `{}` on AWS{}. Made by: python -m tests.program.golden\n"
BASE = "dev"
# Texts with a test of their own; the agent's digest changes with every one of its sources.
LONG = ("userDataBase64", "content", "contentBase64", "secretString", "policy", "authority")
UNTOLD = ("tags", *LONG)
OURS = ("aws:", "quorate:aws:")


def rendered(name: str) -> str:
    """The environment's own resources, sorted by type and name; the certificate tree is the same everywhere."""
    blocks = _blocks(environment(name))
    if name == BASE:
        return "\n".join([HEADER.format(name, ""), *blocks.values()])
    base = _blocks(environment(BASE))
    gone = [f"absent: {key}\n" for key in base if key not in blocks]
    return "\n".join(
        [
            HEADER.format(name, f", where they differ from `{BASE}`"),
            *gone,
            *(block for key, block in blocks.items() if base.get(key) != block),
        ]
    )


def _blocks(run: Run) -> Mapping[str, str]:
    found = [r for r in run.resources if r.type.startswith(OURS)]
    return {f"{r.type} {r.name}": _block(run, r) for r in sorted(found, key=lambda r: (r.type, r.name))}


def _block(run: Run, resource: Recorded) -> str:
    options = [
        *(["protected"] if resource.protect else []),
        *(["deleted before it is replaced"] if resource.delete_before_replace else []),
        *([f"ignores changes of {', '.join(resource.ignore_changes)}"] if resource.ignore_changes else []),
    ]
    lines = [f"{resource.type} {resource.name}{f' ({chr(59).join(options)})' if options else ''}"]
    waits = sorted(filter(None, (_short(run, urn) for urn in resource.dependencies)))
    lines += [f"  after: {', '.join(waits)}"] if waits else []
    return "\n".join([*lines, *(f"  {line}" for line in _inputs(resource))]) + "\n"


def _short(run: Run, urn: str) -> str | None:
    found = next((r for r in run.resources if r.urn == urn and r.type.startswith(OURS)), None)
    return f"{found.type.rsplit(':', 1)[-1]} {found.name}" if found else None


def _inputs(resource: Recorded) -> Iterator[str]:
    for key, value in sorted(resource.inputs.items()):
        if key in resource.secrets:
            yield f"{key}: (secret)"
        elif key not in UNTOLD and value not in (None, {}, []):
            yield re.sub(r"\b[0-9a-f]{64}\b", "(digest)", f"{key}: {_text(value)}")


def _text(value: Value) -> str:
    return json.dumps(value, sort_keys=True) if isinstance(value, (dict, list)) else str(value)


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for name in ENVIRONMENTS:
        (FOLDER / f"{name}.txt").write_text(rendered(name))
