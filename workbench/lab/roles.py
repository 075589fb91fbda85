"""Resolves a role to machines at the time of the fault."""

from collections.abc import Callable
from typing import Literal

from workbench.lab.site import Site
from workbench.lab.wait import NotYet, until

Role = Literal[
    "vip-owner", "etcd-leader", "etcd-follower", "scheduler", "controller-manager", "bystander", "every-machine"
]
ROLE_SECONDS = 15.0  # seconds; a cluster that has just recovered may still be electing


def targets(site: Site, where: Role | str) -> tuple[str, ...]:
    """The machines that have a role now; a machine's own name means that machine.

    `scheduler` and `controller-manager` are the machines whose instance is active; `bystander` is one that neither has
    the address nor leads etcd. Raises `TimedOut` if no machine has the role, `ValueError` for an unknown name.
    """
    if where == "every-machine":
        return site.machines.names
    role = _roles(site).get(where)
    if role is not None:
        return (until(f"one machine is {where}", role, seconds=ROLE_SECONDS),)
    if where not in site.machines.names:
        raise ValueError(f"no machine {where!r}; there are {', '.join(site.machines.names)}")
    return (where,)


def _roles(site: Site) -> dict[str, Callable[[], str]]:
    return {
        "vip-owner": site.owner,
        "etcd-leader": site.leader,
        "etcd-follower": lambda: _other_than(site, site.leader()),
        "scheduler": lambda: site.at_work("kube-scheduler"),
        "controller-manager": lambda: site.at_work("kube-controller-manager"),
        "bystander": lambda: _other_than(site, site.leader(), site.owner()),
    }


def _other_than(site: Site, *names: str) -> str:
    for name in site.machines.names:
        if name not in names and site.machines.running(name):
            return name
    raise NotYet(f"only {', '.join(names)} run")
