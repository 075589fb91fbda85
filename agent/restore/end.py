"""Completes a restore on one node, with checks before the previous data is no longer needed."""

import json

from agent.etcd.members import MemberStatus
from agent.kubernetes.kubeadm import API_PORT, PKI
from agent.kubernetes.kubectl import kubectl
from agent.model.failure import Failed
from agent.restore.order import Order
from agent.restore.phases import CONFIGURATION, Restore
from agent.system.host import Host
from agent.system.probe import readiness
from agent.system.waiting import wait_until_healthy

ETCD_SECONDS, API_SECONDS = 60.0, 120.0
RECORD = "quorate-restore"


def settle(host: Host, restore: Restore, order: Order) -> bool:
    """Wait until etcd serves the restored data with all its members and this node's API server has accepted a write.

    Returns False if this node has no control plane yet because its disk was new: `pulumi up` creates it. Raises Failed.
    """
    cluster = restore.cluster()

    def etcd() -> str | None:
        own = cluster.health(cluster.me.client_url)
        if not isinstance(own, MemberStatus):
            return own
        if own.revision < order.revision:
            raise Failed(
                f"etcd serves revision {own.revision} instead of at least {order.revision}, so it "
                "does not serve the restored data"
            )
        members = cluster.look().members or ()
        missing = [one.name for one in cluster.wanted if one.name not in {member.name for member in members}]
        return f"{', '.join(missing)} not among the members" if missing else None

    wait_until_healthy(etcd, seconds=ETCD_SECONDS, what="etcd of this node")
    if not host.path(CONFIGURATION).exists():
        return False
    address, authority = restore.wanted.manifest.address, host.path(f"{PKI}/ca.crt")
    wait_until_healthy(
        lambda: readiness(address, API_PORT, authority=authority),
        seconds=API_SECONDS,
        what="the API server of this node",
    )
    _write(host, address, order)
    return True


def _write(host: Host, address: str, order: Order) -> None:
    """Write the record of the restore through this node's own API server; every node writes the same record."""
    record = {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": RECORD, "namespace": "kube-system"},
        "data": {"restored": order.token, "snapshot": order.about.at, "sha256": order.about.sha256},
    }
    words = ("apply", "--server-side", "--force-conflicts", "--filename=-")
    kubectl(host, address, *words, given=json.dumps(record))
