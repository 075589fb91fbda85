"""`python -m workbench.benchmarks [SUBJECT ...]` (`make bench ARGS=aws`): a Markdown table of each."""

import argparse
import os
import platform
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from workbench.benchmarks import aws, cluster, policies
from workbench.benchmarks.table import Measurement, table


@dataclass(frozen=True, kw_only=True)
class Subject:
    """A subject of measurement. `missing`: why it cannot run here; `measured`: takes the number of rounds."""

    missing: Callable[[], str | None]
    measured: Callable[[int], Iterator[Measurement]]


SUBJECTS: Mapping[str, Subject] = {
    "cluster": Subject(missing=cluster.missing, measured=cluster.measured),
    "aws": Subject(missing=aws.missing, measured=aws.measured),
    "policies": Subject(missing=policies.missing, measured=policies.measured),
}


def main(arguments: list[str]) -> int:
    """Tables on standard output, progress on standard error; 1 if a limit is exceeded, 2 if a subject cannot run."""
    parser = argparse.ArgumentParser(prog="python -m workbench.benchmarks", description=__doc__)
    # No `choices`: argparse would refuse the empty list that means all of them.
    parser.add_argument("subjects", nargs="*", metavar="SUBJECT", help=f"{', '.join(SUBJECTS)} (default: all)")
    parser.add_argument("--rounds", type=int, default=3, help="number of repetitions (default: 3)")
    given = parser.parse_args(arguments)
    if given.rounds < 1:
        parser.error(f"--rounds is at least 1; got {given.rounds}")
    if strange := [name for name in given.subjects if name not in SUBJECTS]:
        parser.error(f"there is no {', '.join(strange)}; there are {', '.join(SUBJECTS)}")
    return max(_measured(name, given.rounds) for name in given.subjects or SUBJECTS)


def _measured(name: str, rounds: int) -> int:
    subject = SUBJECTS[name]
    if reason := subject.missing():
        print(f"{name}: {reason}", file=sys.stderr)
        return 2
    before = os.getloadavg()[0]
    measurements = list(subject.measured(rounds))
    print(file=sys.stderr)
    print(f"## {name}\n\n{_conditions(before)}\n\n{table(measurements)}\n", flush=True)
    return 0 if all(measurement.kept for measurement in measurements) else 1


def _conditions(load_before: float) -> str:
    now = datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")
    after = os.getloadavg()[0]
    return (
        f"{now}, {os.cpu_count()} processors, Linux {platform.release()}, Python {platform.python_version()},"
        f" load {load_before:.1f} before and {after:.1f} after"
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
