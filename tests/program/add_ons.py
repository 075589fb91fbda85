"""Every object of the add-ons of each preset as a list, readable in review: what there is, and what it waits for.

What the objects say is in tests/unit/addons/golden. Made again by `python -m tests.program.add_ons`.
"""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from plan.loading.presets import merged
from tests.unit.addons.topologies import EVERYTHING, LOCAL, ON
from workbench.mocks.answers import Answers
from workbench.mocks.aws import DEV, PROD, Cloud
from workbench.mocks.recorder import Recorded, Run, run_program

FOLDER = Path(__file__).parent / "golden" / "add-ons"
HEADER = "Add-ons of `{}`: each object, and what it waits for. Made by: python -m tests.program.add_ons\n"
ENVIRONMENTS: Mapping[str, dict[str, object]] = {
    "local": merged(LOCAL, ON),
    "dev": merged(DEV, ON),
    "prod": merged(PROD, EVERYTHING),
}
OURS = ("quorate:addons:", "kubernetes:")


@cache
def environment(name: str) -> Run:
    """The program in a preview: the earliest moment, when least is known."""
    config = ENVIRONMENTS[name]
    answers = Cloud(preview=True) if config.get("kind") == "aws" else Answers(preview=True)
    return run_program(answers, config=config, preview=True)


def objects(run: Run) -> list[Recorded]:
    """Components and objects, sorted by type and name."""
    return sorted((r for r in run.resources if r.type.startswith(OURS)), key=lambda r: (r.type, r.name))


def rendered(name: str) -> str:
    """One line for each object, and one for all that it waits for."""
    run = environment(name)
    lines = [HEADER.format(name)]
    known = {found.urn: found for found in objects(run)}
    for found in known.values():
        waits = sorted({_short(known[urn]) for urn in found.dependencies if urn in known})
        lines += [_short(found), *([f"  after: {', '.join(waits)}"] if waits else [])]
    return "\n".join(lines) + "\n"


def _short(found: Recorded) -> str:
    return f"{found.type.removeprefix('kubernetes:').replace('/v1:', ' ').replace(':', ' ', 1)} {found.name}"


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for name in ENVIRONMENTS:
        (FOLDER / f"{name}.txt").write_text(rendered(name))
