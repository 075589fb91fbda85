"""Every file of one host whose text is known from the plan."""

from collections.abc import Iterator

from documents import (
    approver,
    backup,
    chrony,
    containerd,
    etcd,
    etcd_volume,
    haproxy,
    keepalived,
    kubeadm,
    kubelet,
    leadership,
    nginx,
    operating_system,
    pod_network,
    proxy,
    repositories,
    supervision,
    worker,
)
from documents.balancing import balances, role
from documents.file import File
from plan import Node, Plan


def files(plan: Plan, node: Node) -> tuple[File, ...]:
    """Files sorted by path. `node` is a node, a worker or one of `documents.balancing.dedicated_hosts(plan)`."""
    return tuple(sorted(_files(plan, node), key=lambda file: file.path))


def _files(plan: Plan, node: Node) -> Iterator[File]:
    settings = plan.settings
    yield from chrony.files(settings)
    yield from operating_system.files(settings)
    yield from proxy.files(plan, node)
    yield from repositories.files(settings)
    if balances(plan, node):
        yield from (nginx if settings.endpoint.balancer == "nginx" else haproxy).files(plan)
        yield from keepalived.files(plan, node)
        yield from supervision.files(plan, node)
    if role(plan, node) == "control-plane":
        yield from containerd.files(settings)
        yield from kubelet.files(settings)
        yield from pod_network.files(plan, node)
        yield from etcd.files(plan, node)
        yield from kubeadm.files(plan, node)
        yield from backup.files(plan, node)
        yield from approver.files(plan)
        yield from leadership.files(plan)
    if role(plan, node) == "worker":
        yield from containerd.files(settings)
        yield from worker.files(plan, node)
        yield from pod_network.files(plan, node)
    if settings.kind == "aws":
        yield from etcd_volume.files()
