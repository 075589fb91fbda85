"""What each program of a node does when one of its files changes: the agent's steps as a table."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum

from agent.kubernetes.kubeadm import READ_AT_START
from agent.steps.etcd import PKI as ETCD_PKI

KUBEADM = "/etc/kubernetes/quorate/kubeadm.yaml"
CONTROL_PLANE = ("kube-apiserver", "kube-controller-manager", "kube-scheduler")


class Impact(IntEnum):
    """From the least to the most."""

    REREAD = 0  # the program reads the file while it runs
    APPLIED = 1  # something is set or sent; no program of the control plane notices
    RELOAD = 2  # connections stay
    RESTART = 3  # taken in turn: one node at a time, with the cluster's lock
    MEMBERSHIP = 4  # the member list changes, one member at a time


@dataclass(frozen=True, kw_only=True)
class Effect:
    """What happens to one program."""

    process: str
    impact: Impact


def _effect(process: str, impact: Impact) -> tuple[Effect, ...]:
    return (Effect(process=process, impact=impact),)


# What a change of any file of a step does, unless the file is in the tables below.
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
    # Read in a member's first start only; the agent takes the member list from node.json.
    "/etc/etcd/cluster.env": _effect("etcd", Impact.REREAD),
    KUBEADM: tuple(Effect(process=name, impact=Impact.RESTART) for name in CONTROL_PLANE),
    **{path: tuple(Effect(process=name, impact=Impact.RESTART) for name in names) for path, names in READERS.items()},
}
# Programs from a store, by file name: who starts again with another one. kubeadm writes the static pods.
BY_PROGRAM: Mapping[str, tuple[Effect, ...]] = {
    "etcd": _effect("etcd", Impact.RESTART),
    "containerd": _effect("containerd", Impact.RESTART),
    "kubelet": _effect("kubelet", Impact.RESTART),
    "kubeadm": BY_PATH[KUBEADM],
}


def of_file(path: str, step: str) -> tuple[Effect, ...]:
    """What a changed file does. A step that is not known may do anything: it counts as a restart of that name."""
    if path == f"{ETCD_PKI}/ca.crt":  # etcd reads its authority at its start, and so does the API server
        return (*_effect("etcd", Impact.RESTART), *BY_PATH[path])
    return BY_PATH.get(path) or BY_STEP.get(step) or _effect(step or "unknown step", Impact.RESTART)
