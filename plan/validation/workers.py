"""Workers: hosts that run pods and no part of the control plane (requirements BOOT-11)."""

from collections.abc import Iterator

from plan.refusal import Refusal
from plan.settings.cluster import Settings


def kind(settings: Settings) -> Iterator[Refusal]:
    """Workers are only possible on your own hosts."""
    if settings.kind == "aws" and settings.workers:
        yield Refusal(
            at="workers",
            what="empty on AWS",
            found=f"{len(settings.workers)} hosts",
            why="this program creates only the instances of the control plane",
            fix="create workers with your own instance group",
        )
