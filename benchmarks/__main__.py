"""`python -m benchmarks` (`make bench`): measure, and print a table in Markdown."""

import argparse
import os
import platform
import sys
from datetime import UTC, datetime

from benchmarks.rounds import Round, measure
from benchmarks.table import Measurement, table
from tests.live.prerequisites import missing
from tests.live.progress import Progress

# Issue 3, "How fast and how small".
UP_SECONDS, UP_RATIO, AGAIN_SECONDS, DOWN_SECONDS, MEMORY_MEBIBYTES = 30, 5.5, 5, 10, 4096
# Issue 6, "How fast".
ADD_ONS_SECONDS, AGAIN_WITH_SECONDS, OBJECTS, OBJECTS_SECONDS = 20, 8, 16, 3


def main(arguments: list[str]) -> int:
    """Print the table on standard output and progress on standard error; 1 when a limit is not kept."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3, help="how often everything is measured (default: 3)")
    given = parser.parse_args(arguments)
    if given.rounds < 1:
        parser.error(f"--rounds is at least 1; got {given.rounds}")
    reason = missing()
    if reason:
        print(reason, file=sys.stderr)
        return 2
    progress = Progress(None)
    before = os.getloadavg()[0]
    rounds = []
    for number in range(1, given.rounds + 1):
        progress.say(f"round {number} of {given.rounds}")
        rounds.append(measure(progress))
    print(file=sys.stderr)
    measurements = judged(rounds)
    print(f"{_conditions(before)}\n\n{table(measurements)}")
    return 0 if all(measurement.kept for measurement in measurements) else 1


def judged(rounds: list[Round]) -> tuple[Measurement, ...]:
    """All quantities with their limits. The ratio is of each round: both sides then had the same computer."""
    return (
        Measurement(what="bare `kubeadm init`", unit="s", values=[one.init for one in rounds]),
        Measurement(
            what="warm `make up` to three answering nodes",
            unit="s",
            values=[one.life.up for one in rounds],
            limit=UP_SECONDS,
        ),
        Measurement(
            what="the same, in bare inits", unit="x", values=[one.life.up / one.init for one in rounds], limit=UP_RATIO
        ),
        Measurement(
            what="`make up` again, nothing changed",
            unit="s",
            values=[one.life.again for one in rounds],
            limit=AGAIN_SECONDS,
        ),
        Measurement(what="`make down`", unit="s", values=[one.life.down for one in rounds], limit=DOWN_SECONDS),
        Measurement(
            what="peak memory of three machines",
            unit="MiB",
            values=[one.life.memory for one in rounds],
            limit=MEMORY_MEBIBYTES,
            digits=0,
        ),
        Measurement(what="resources", unit="", values=[one.life.resources for one in rounds], digits=0),
        *_with_add_ons(rounds),
    )


def _with_add_ons(rounds: list[Round]) -> tuple[Measurement, ...]:
    return (
        Measurement(
            what="warm `make up` with add-ons, more than without",
            unit="s",
            values=[one.whole.up - one.life.up for one in rounds],
            limit=ADD_ONS_SECONDS,
        ),
        Measurement(
            what="`make up` again with add-ons, nothing changed",
            unit="s",
            values=[one.whole.again for one in rounds],
            limit=AGAIN_WITH_SECONDS,
        ),
        Measurement(
            what=f"{OBJECTS} more objects",
            unit="s",
            values=[one.whole.each * OBJECTS for one in rounds],
            limit=OBJECTS_SECONDS,
        ),
        Measurement(what="`make down` with add-ons", unit="s", values=[one.whole.down for one in rounds]),
        Measurement(what="peak memory with add-ons", unit="MiB", values=[one.whole.memory for one in rounds], digits=0),
        Measurement(what="resources with add-ons", unit="", values=[one.whole.resources for one in rounds], digits=0),
    )


def _conditions(load_before: float) -> str:
    now = datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")
    after = os.getloadavg()[0]
    return (
        f"{now}, {os.cpu_count()} processors, Linux {platform.release()}, Python {platform.python_version()},"
        f" load {load_before:.1f} before and {after:.1f} after"
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
