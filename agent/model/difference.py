"""A difference between this machine and its planned state."""

from dataclasses import dataclass
from enum import IntEnum


class Impact(IntEnum):
    """The effect on a running cluster of fixing a difference."""

    NONE = 0  # a file is written, a stopped program is started, a running one reloads
    RESTART = 1  # a running program of the control plane must restart: needs the cluster's lock and a spare member
    MEMBERSHIP = 2  # the member list changes: needs the lock and a quorum, always


@dataclass(frozen=True, kw_only=True)
class Difference:
    """One change to make. `wanted` and `found` are short and never contain a secret."""

    step: str
    what: str
    wanted: str
    found: str
    impact: Impact = Impact.NONE

    def __str__(self) -> str:
        return f"{self.what}: wanted {self.wanted}, found {self.found}"
