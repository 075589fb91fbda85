"""`python -m workbench.lab [--stack dev] [pytest's arguments]`: run all drills, then write the report.

`--stack dev`: those on the emulated AWS; `--report`: only the report.
"""

import shutil
import subprocess
import sys
from collections.abc import Collection

from workbench.lab.publish import PICTURES, REPORT, publish
from workbench.lab.record import read
from workbench.lab.recording import RECORDS
from workbench.lab.summary import Published
from workbench.places import ROOT

CLOUD = "tests/live/cloud"
DRILLS = {"local": ("tests/live", f"--ignore={CLOUD}"), "dev": (CLOUD,)}
NO_TESTS = 5  # pytest's exit status when nothing was selected


def main(arguments: list[str]) -> int:
    """Returns the exit status: 0 if every drill passed and the median of each figure is within its limit."""
    status = 0
    stack = "local"
    if arguments[:1] == ["--stack"]:
        stack, arguments = arguments[1], arguments[2:]
    if stack not in DRILLS:
        print(f"there are drills for STACK={' and STACK='.join(DRILLS)}, not for {stack}", file=sys.stderr)
        return 2
    if arguments != ["--report"]:
        shutil.rmtree(RECORDS, ignore_errors=True)
        command = [sys.executable, "-m", "pytest", "-m", "drill", *DRILLS[stack], *arguments]
        status = subprocess.run(command, cwd=ROOT, check=False).returncode
    if status == NO_TESTS:
        return status
    now = publish()
    # In a separate process: the documentation imports this room, never the other way round.
    subprocess.run([sys.executable, "-m", "docs.generate"], cwd=ROOT, check=True)
    late = exceeded(now, {one.drill for one in read(RECORDS)})
    for line in late:
        print(f"limit not kept: {line}")
    print(
        f"report: {(REPORT / 'report.md').relative_to(ROOT)}; published: {PICTURES.relative_to(ROOT)}, docs/drills.md"
    )
    return status or bool(late)


def exceeded(now: Published, ran: Collection[str]) -> list[str]:
    """Each figure of the drills that ran whose median is over its limit."""
    return [
        f"{one.title}: {figure.name} {figure.middle:.2f} {figure.unit}, at most {figure.limit:g} is accepted"
        for one in now.drills
        if one.drill in ran
        for figure in one.figures
        if figure.limit is not None and figure.middle > figure.limit
    ]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
