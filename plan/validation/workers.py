"""Workers: hosts that run pods and nothing of the control plane (requirements BOOT-11)."""

from collections.abc import Iterator

from plan.refusal import Refusal
from plan.settings.cluster import Settings


def kind(settings: Settings) -> Iterator[Refusal]:
    """Only among one's own hosts."""
    if settings.kind == "aws" and settings.workers:
        yield Refusal(
            at="workers",
            bound="empty on AWS",
            got=f"{len(settings.workers)}",
            why="this program makes the instances of the control plane only",
            fix="make workers with a group of instances of your own",
        )
