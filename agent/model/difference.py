"""What is not as it should be on this machine."""

from dataclasses import dataclass
from enum import IntEnum


class Impact(IntEnum):
    """What putting a difference right does to a running cluster."""

    NONE = 0  # a file is written, a stopped program is started, a running one reloads
    RESTART = 1  # a running program of the control plane must restart: needs the cluster's lock and a spare member
    MEMBERSHIP = 2  # the member list changes: needs the lock and a quorum, always


@dataclass(frozen=True, kw_only=True)
class Difference:
    """One thing to change. `wanted` and `found` are short and never hold a secret."""

    step: str
    what: str
    wanted: str
    found: str
    impact: Impact = Impact.NONE

    def __str__(self) -> str:
        return f"{self.what}: wanted {self.wanted}, found {self.found}"
