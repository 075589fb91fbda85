"""Maps a changed file to its effect on each program of a node: the agent's steps as a table."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum

from agent.kubernetes.kubeadm import READ_AT_START
from agent.steps.etcd import PKI as ETCD_PKI

KUBEADM = "/etc/kubernetes/quorate/kubeadm.yaml"
CONTROL_PLANE = ("kube-apiserver", "kube-controller-manager", "kube-scheduler")


class Impact(IntEnum):
    """Effects, from the weakest to the strongest."""

    REREAD = 0  # the program reads the file while it runs
    APPLIED = 1  # something is set or sent; no control-plane program is affected
    RELOAD = 2  # connections stay open
    RESTART = 3  # one node at a time, holding the cluster's lock
    MEMBERSHIP = 4  # the member list changes, one member at a time


@dataclass(frozen=True, kw_only=True)
class Effect:
    """The effect on one program."""

    process: str
    impact: Impact


def _effect(process: str, impact: Impact) -> tuple[Effect, ...]:
    return (Effect(process=process, impact=impact),)


# The effect of a change to any file of a step, unless the file is in the tables below.
BY_STEP: Mapping[str, tuple[Effect, ...]] = {
    "system": _effect("kernel settings", Impact.APPLIED),
    "time": _effect("chrony", Impact.APPLIED),
    "programs": _effect("programs", Impact.APPLIED),
    "runtime": _effect("containerd", Impact.RESTART),
    "etcd": _effect("etcd", Impact.REREAD),
    "balancer": _effect("balancer", Impact.RELOAD),
    "address": _effect("keepalived", Impact.RELOAD),
    "kubelet": _effect("kubelet", Impact.RESTART),
    "control-plane": _effect("control plane", Impact.REREAD),
    "pod-network": _effect("pod network", Impact.APPLIED),
    "backup": _effect("backup timer", Impact.APPLIED),
    "approver": _effect("approver of serving certificates", Impact.APPLIED),
    "leadership": _effect("watch over etcd's leadership", Impact.APPLIED),
    "access": _effect("role bindings", Impact.APPLIED),
}
READERS = {
    path: tuple(name for name, paths in READ_AT_START.items() if path in paths)
    for paths in READ_AT_START.values()
    for path in paths
}
BY_PATH: Mapping[str, tuple[Effect, ...]] = {
    "/etc/systemd/system/etcd.service": _effect("etcd", Impact.RESTART),
    # Read only at a member's first start; the agent takes the member list from node.json.
    "/etc/etcd/cluster.env": _effect("etcd", Impact.REREAD),
    KUBEADM: tuple(Effect(process=name, impact=Impact.RESTART) for name in CONTROL_PLANE),
    **{path: tuple(Effect(process=name, impact=Impact.RESTART) for name in names) for path, names in READERS.items()},
}
# Programs from a store, by file name: what restarts when one changes. kubeadm writes the static pods.
BY_PROGRAM: Mapping[str, tuple[Effect, ...]] = {
    "etcd": _effect("etcd", Impact.RESTART),
    "containerd": _effect("containerd", Impact.RESTART),
    "kubelet": _effect("kubelet", Impact.RESTART),
    "kubeadm": BY_PATH[KUBEADM],
}


def of_file(path: str, step: str) -> tuple[Effect, ...]:
    """The effects of a changed file. An unknown step could do anything, so it counts as a restart with that name."""
    if path == f"{ETCD_PKI}/ca.crt":  # etcd and the API server read their authority only at their start
        return (*_effect("etcd", Impact.RESTART), *BY_PATH[path])
    return BY_PATH.get(path) or BY_STEP.get(step) or _effect(step or "unknown step", Impact.RESTART)
