"""Calls to etcd on a machine, with its certificate for health checks."""

import json
from dataclasses import dataclass

from workbench.lab.machines import Machines
from workbench.lab.wait import NotYet

PKI = "/etc/kubernetes/pki/etcd"
OWN = "https://127.0.0.1:2379"
TLS = (
    f"--cacert={PKI}/ca.crt",
    f"--cert={PKI}/healthcheck-client.crt",
    f"--key={PKI}/healthcheck-client.key",
)


@dataclass(frozen=True, kw_only=True)
class EtcdMember:
    """One entry of etcd's member list. `identity` changes when a member is removed and added again."""

    name: str
    identity: int
    learner: bool


def etcdctl(machines: Machines, name: str, *command: str, seconds: float = 5.0) -> str:
    """Run etcdctl on the machine against its own member. Raises `CommandFailed`."""
    return machines.run(name, "etcdctl", f"--endpoints={OWN}", *TLS, "--command-timeout=3s", *command, seconds=seconds)


@dataclass(frozen=True, kw_only=True)
class EtcdStatus:
    """The status that one member reports. `size` is that of its database's file, in bytes."""

    leads: bool
    version: str
    size: int


def status(machines: Machines, name: str) -> EtcdStatus:
    """Get the status of the machine's own member. Raises `CommandFailed`."""
    (answer,) = json.loads(etcdctl(machines, name, "endpoint", "status", "-w", "json"))
    said = answer["Status"]
    leads = said["leader"] == said["header"]["member_id"]
    return EtcdStatus(leads=leads, version=said["version"], size=said["dbSize"])


def leader(machines: Machines) -> str:
    """The machine whose member leads. Raises `NotYet` if no running machine reports that it does."""
    seen = []
    for name in machines.names:
        try:
            if status(machines, name).leads:
                return name
        except OSError as reason:
            seen.append(str(reason))
            continue
        seen.append(f"{name} follows")
    raise NotYet(f"no leader: {'; '.join(seen)}")


def members(machines: Machines, asked: str) -> tuple[EtcdMember, ...]:
    """The member list by name, as the machine's own member knows it. Raises `CommandFailed`."""
    listed = json.loads(etcdctl(machines, asked, "member", "list", "-w", "json"))["members"]
    found = (
        EtcdMember(name=one.get("name", ""), identity=one["ID"], learner=one.get("isLearner", False)) for one in listed
    )
    return tuple(sorted(found, key=lambda one: one.name))


def healthy(machines: Machines) -> None:
    """Check that every machine's member responds with a quorum. Raises `NotYet`."""
    for name in machines.names:
        try:
            etcdctl(machines, name, "endpoint", "health")
        except OSError as reason:
            raise NotYet(str(reason)) from None


def forget_objects(machines: Machines, namespace: str) -> None:
    """Remove the ConfigMaps of a namespace from etcd in one call: through the API each would cost a transaction.

    Thousands of them from earlier drills would slow down the start of every API server and distort measurements.
    """
    name = next(name for name in machines.names if machines.running(name))
    etcdctl(machines, name, "del", "--prefix", f"/registry/configmaps/{namespace}/")


def disagreement(machines: Machines) -> str:
    """Describes how the members' data differ at a revision that all of them have; empty if they are equal.

    Raises `CommandFailed` if a member does not respond, `NotYet` if one has compacted further than another.
    """
    revision = min(_hash(machines, name, revision=0).revision for name in machines.names)
    found = {name: _hash(machines, name, revision=revision) for name in machines.names}
    if len({one.compacted for one in found.values()}) > 1:
        raise NotYet(f"members have compacted to {', '.join(str(one.compacted) for one in found.values())}")
    if len({one.value for one in found.values()}) == 1:
        return ""
    words = ", ".join(f"{name} {one.value:x}" for name, one in found.items())
    return f"members hold different data at revision {revision}: {words}"


@dataclass(frozen=True, kw_only=True)
class _Hash:
    value: int
    revision: int
    compacted: int


def _hash(machines: Machines, name: str, *, revision: int) -> _Hash:
    shown = etcdctl(machines, name, "endpoint", "hashkv", f"--rev={revision}", "-w", "json")
    (answer,) = (entry["HashKV"] for entry in json.loads(shown))
    return _Hash(
        value=answer["hash"], revision=answer["header"]["revision"], compacted=answer.get("compact_revision", 0)
    )
