"""`python -m docs.generate`: write every generated part of the documentation; `--check` only reports what is stale."""

import sys
from collections.abc import Mapping
from pathlib import Path

import yaml

from docs import aws_tables, input_types, recovery_times, review_examples, settings_reference, tables
from docs.diagram import diagram
from docs.house import picture
from operations.picture import picture as picture_of
from plan import Plan, make
from plan.loading.configuration import read
from workbench.lab.publish import PUBLISHED
from workbench.lab.report import report
from workbench.lab.summary import published

ROOT = Path(__file__).resolve().parent.parent
BEGIN, END = "<!-- generated: python -m docs.generate -->", "<!-- end -->"


def parts(plan: Plan) -> Mapping[Path, str]:
    """Render the generated part of each file."""
    return {
        ROOT / "README.md": diagram(plan),
        ROOT / "docs" / "architecture.md": picture(),
        ROOT / "docs" / "aws.md": "\n\n".join(
            (
                aws_tables.sizes(),
                aws_tables.costs(committed("dev"), committed("prod")),
                "The security groups, generated from the plan (`pods` are the ranges of `aws.network.workers`):",
                tables.ports(committed("dev")),
            )
        ),
        ROOT / "docs" / "certificates.md": tables.certificates(plan),
        ROOT / "docs" / "disaster-recovery.md": recovery_times.recovery_times(published(PUBLISHED)),
        ROOT / "docs" / "drills.md": report(published(PUBLISHED), PUBLISHED.parent.name),
        ROOT / "docs" / "ports.md": tables.ports(plan),
        ROOT / "docs" / "pull-requests.md": review_examples.reviews(),
        ROOT / "docs" / "settings.md": settings_reference.reference(),
    }


def wholes(local: Plan) -> Mapping[Path, str]:
    """Render each file that is generated as a whole."""
    pictures = ROOT / "docs" / "pictures"
    return {
        input_types.PLACE: input_types.text(),
        pictures / "local.svg": picture_of(local),
        pictures / "dev.svg": picture_of(committed("dev")),
        pictures / "prod.svg": picture_of(committed("prod")),
    }


def committed(stack: str) -> Plan:
    """Make the plan of a stack whose file is in the repository."""
    config = yaml.safe_load((ROOT / f"Pulumi.{stack}.yaml").read_text())["config"]
    return make(read({key.removeprefix("quorate:"): value for key, value in config.items()}))


def stale() -> dict[Path, str]:
    """The files whose generated part is stale, as they should be."""
    found = {}
    for path, text in parts(make(read({"preset": "local"}))).items():
        have = path.read_text()
        before, _, rest = have.partition(BEGIN)
        _, _, after = rest.partition(END)
        wanted = f"{before}{BEGIN}\n{text}\n{END}{after}"
        if wanted != have:
            found[path] = wanted
    whole = wholes(make(read({"preset": "local"})))
    return found | {path: text for path, text in whole.items() if not path.exists() or path.read_text() != text}


def main() -> int:
    """Write, or with `--check` report; returns the exit status."""
    found = stale()
    if "--check" in sys.argv[1:]:
        for path in found:
            print(f"{path.relative_to(ROOT)} is stale; run `make docs`")
        return 1 if found else 0
    for path, text in found.items():
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
        print(f"wrote {path.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
