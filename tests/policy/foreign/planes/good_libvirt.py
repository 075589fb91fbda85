"""Machines of libvirt by cloud-init disks; HAProxy and Keepalived run on the nodes themselves, from user data."""

import pulumi

from tests.policy.foreign.case import Alone
from tests.policy.foreign.parts import hosts, setup, store
from tests.policy.foreign.parts.hosts import Host
from tests.policy.foreign.parts.kubeadm import Kubeadm, files
from tests.policy.foreign.parts.texts import as_yaml, written_as_base64
from tests.policy.foreign.planes.haproxy_unwatched import haproxy

NAME, BUCKET, ADDRESS = "attic", "acme-attic-snapshots", "192.168.122.200"


class Disk(pulumi.CustomResource):
    """pulumi-libvirt's cloud-init disk, by its token and property names."""

    def __init__(self, name: str, *, user_data: str) -> None:
        inputs = {"name": f"{name}.iso", "pool": "default", "userData": user_data}
        super().__init__("libvirt:index/cloudInitDisk:CloudInitDisk", name, inputs)


class Domain(pulumi.CustomResource):
    """pulumi-libvirt's machine, by its token and property names."""

    def __init__(self, name: str, *, disk: Disk, address: str) -> None:
        network = {"networkName": "default", "addresses": [address], "waitForLease": True}
        inputs = {"name": name, "memory": 4096, "vcpu": 2, "cloudinit": disk.id, "networkInterfaces": [network]}
        super().__init__("libvirt:index/domain:Domain", name, inputs)


def cloud_config(number: int, nodes: tuple[Host, ...], cluster: Kubeadm) -> str:
    """User data of one node."""
    me = nodes[number]
    watch = "/usr/bin/curl -sf -o /dev/null --cacert /etc/kubernetes/pki/ca.crt https://127.0.0.1:8443/readyz"
    texts = files(number, cluster) | {
        "/etc/haproxy/haproxy.cfg": haproxy(nodes),
        "/etc/keepalived/keepalived.conf": hosts.keepalived(
            me, nodes, ADDRESS, priority=200 - number, router=88, check=watch
        ),
    }
    run = [setup.HOST, setup.packages(), hosts.vault(NAME), cluster.command(number), setup.backup(BUCKET, NAME)]
    document = {
        "hostname": me.name,
        "packages": ["haproxy", "keepalived"],
        "write_files": written_as_base64(texts),
        "runcmd": [*run, "systemctl restart haproxy keepalived"],
    }
    return "#cloud-config\n" + as_yaml(document)


def program() -> None:
    """Three nodes."""
    store.bucket(BUCKET)
    nodes = hosts.hosts("attic", "192.168.122", 11, 3)
    cluster = Kubeadm(name=NAME, endpoint=f"{ADDRESS}:8443")
    for n, node in enumerate(nodes):
        Domain(node.name, disk=Disk(node.name, user_data=cloud_config(n, nodes, cluster)), address=node.address)


ALONE = Alone(
    name="libvirt", program=program, idea="each node's user data names Keepalived, which is counted once for each node"
)
