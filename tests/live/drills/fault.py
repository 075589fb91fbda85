"""Faults as data: what happens, where, when. A role is looked up at the moment of the fault, not before."""

import time
from dataclasses import dataclass
from typing import Literal

from tests.live.drills.machines import at_once
from tests.live.drills.site import Site
from tests.live.drills.wait import until

What = Literal["kill-program", "cut-power", "shut-down", "lose-disk"]
Role = Literal["vip-owner", "etcd-leader", "every-machine"]
ROLE_SECONDS = 15.0  # a cluster that has just recovered may still be electing


@dataclass(frozen=True, kw_only=True)
class Fault:
    """`where` is a machine's name or a role; `program` the process name of what is killed (SIGKILL, all of that name);
    `after` seconds from the drill's begin.
    """

    what: What
    where: Role | str
    program: str | None = None
    after: float = 0.0

    def __post_init__(self) -> None:
        if (self.what == "kill-program") != (self.program is not None):
            raise ValueError(f"{self.what}: a program is named when, and only when, a program is killed")

    def __str__(self) -> str:
        return f"{self.what}{f' {self.program}' if self.program else ''} on {self.where}"


@dataclass(frozen=True, kw_only=True)
class Hit:
    """A fault that happened: on which machines, and when (monotonic seconds, just before)."""

    fault: Fault
    names: tuple[str, ...]
    at: float


def targets(site: Site, where: Role | str) -> tuple[str, ...]:
    """The machines that a role means now. Raises `TimedOut` when nobody has it, `ValueError` for an unknown name."""
    if where == "vip-owner":
        return (until("one machine has the virtual address", site.owner, seconds=ROLE_SECONDS),)
    if where == "etcd-leader":
        return (until("etcd has a leader", site.leader, seconds=ROLE_SECONDS),)
    if where == "every-machine":
        return site.machines.names
    if where not in site.machines.names:
        raise ValueError(f"no machine {where!r}; there are {', '.join(site.machines.names)}")
    return (where,)


def inject(site: Site, fault: Fault, *, begun: float | None = None) -> Hit:
    """Let it happen, `after` seconds from `begun` (now, when None). Raises `CommandFailed` when it could not."""
    time.sleep(max(0.0, (begun or time.monotonic()) + fault.after - time.monotonic()))
    names = targets(site, fault.where)
    machines = site.machines
    at = time.monotonic()
    match fault.what:
        case "kill-program":
            for name in names:
                machines.run(name, "pkill", "-KILL", "-x", str(fault.program))
        case "cut-power":
            at_once(machines.kill, names)
        case "shut-down":
            at_once(machines.stop, names)
        case "lose-disk":
            at_once(machines.wipe, names)
    return Hit(fault=fault, names=names, at=at)


def mend(site: Site, hit: Hit) -> None:
    """Switch on again what has no power; a lost disk is not for a drill to bring back."""
    if hit.fault.what in {"cut-power", "shut-down"}:
        at_once(site.machines.start, hit.names)
