"""Clusters of three machines on this computer, without add-ons and with them."""

from collections.abc import Iterator

from workbench.benchmarks.rounds import Round, measure
from workbench.benchmarks.table import Measurement
from workbench.lab import prerequisites
from workbench.lab.progress import Progress

# Issue 3, "How fast and how small".
UP_SECONDS, UP_RATIO, AGAIN_SECONDS, DOWN_SECONDS, MEMORY_MEBIBYTES = 30, 5.5, 5, 10, 4096
# Issue 6, "How fast".
ADD_ONS_SECONDS, AGAIN_WITH_SECONDS, OBJECTS, OBJECTS_SECONDS = 20, 8, 16, 3


def missing() -> str | None:
    """The reason why it cannot be measured here."""
    return prerequisites.missing()


def measured(rounds: int) -> Iterator[Measurement]:
    """All quantities, after the last round."""
    progress = Progress(None)
    found = []
    for number in range(1, rounds + 1):
        progress.say(f"round {number} of {rounds}")
        found.append(measure(progress))
    yield from judged(found)


def judged(rounds: list[Round]) -> tuple[Measurement, ...]:
    """All quantities with their limits.

    The ratio is computed within a round, because then both sides ran under the same conditions.
    """
    return (
        Measurement(what="bare `kubeadm init`", unit="s", values=[one.init for one in rounds]),
        Measurement(
            what="warm `make up` to three ready nodes",
            unit="s",
            values=[one.life.up for one in rounds],
            limit=UP_SECONDS,
        ),
        Measurement(
            what="the same, as a multiple of a bare init",
            unit="x",
            values=[one.life.up / one.init for one in rounds],
            limit=UP_RATIO,
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
            what="warm `make up` with add-ons, additional time",
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
