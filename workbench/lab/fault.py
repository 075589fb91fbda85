"""Faults as data: what happens, where, when, for how long. A role is resolved when the fault is injected."""

import time
from dataclasses import dataclass
from typing import Literal, get_args

from workbench.lab import effects
from workbench.lab.roles import Role, targets
from workbench.lab.site import Site

What = Literal[
    "kill-program",
    "pause-program",
    "cut-power",
    "shut-down",
    "lose-disk",
    "isolate",
    "deafen",
    "silence",
    "lose-packets",
    "fill-disk",
    "slow-disk",
]
NEED_A_PROGRAM = {"kill-program", "pause-program"}
END_BY_THEMSELVES = {"kill-program", "lose-disk"}  # supervisors fix the first; the second is permanent


@dataclass(frozen=True, kw_only=True)
class Fault:
    """`where` is a machine's name or a role; `program` the process name to kill or pause (all processes with that
    name); `after` seconds from the drill's start; `lasts` seconds until it is undone, 0 for a fault that ends by
    itself.

    `isolate`: no packets between the machine and the others; `deafen`: it does not receive theirs; `silence`: they do
    not receive its; `lose-packets`: it receives seven of ten of their packets. Clients always reach it. `fill-disk`: no
    byte is left on etcd's volume; `slow-disk`: etcd's disk takes ten writes a second.
    """

    what: What
    where: Role | str
    program: str | None = None
    after: float = 0.0
    lasts: float = 0.0

    def __post_init__(self) -> None:
        if self.what not in get_args(What):
            raise ValueError(f"no fault {self.what!r}; there are {', '.join(get_args(What))}")
        if (self.what in NEED_A_PROGRAM) != (self.program is not None):
            raise ValueError(f"{self.what}: a program is named when, and only when, one is killed or paused")
        if self.what in END_BY_THEMSELVES and self.lasts:
            raise ValueError(f"{self.what}: there is nothing to fix, so it has no duration")

    @property
    def title(self) -> str:
        """Describes the fault."""
        return f"{self.what} {self.program}" if self.program else self.what

    def __str__(self) -> str:
        return f"{self.title} on {self.where}"


@dataclass(frozen=True, kw_only=True)
class Hit:
    """A fault that happened: its machines, and its time (monotonic seconds, just before)."""

    fault: Fault
    names: tuple[str, ...]
    at: float


def inject(site: Site, fault: Fault, *, begun: float | None = None) -> Hit:
    """Inject it, `after` seconds from `begun` (None: now). Raises `CommandFailed` on failure."""
    time.sleep(max(0.0, (begun or time.monotonic()) + fault.after - time.monotonic()))
    names = targets(site, fault.where)
    effect = effects.effect(fault.what, fault.program, peers=[server.host for server in site.servers])
    at = time.monotonic()
    effect.begin(site.machines, names)
    return Hit(fault=fault, names=names, at=at)


def mend(site: Site, hit: Hit) -> None:
    """Undo a fault that does not end by itself; a drill does not restore a lost disk."""
    peers = [server.host for server in site.servers]
    effects.effect(hit.fault.what, hit.fault.program, peers=peers).end(site.machines, hit.names)
