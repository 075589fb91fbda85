"""kubeadm with stacked etcd by a cloud-config archive."""

from tests.policy.foreign.case import Pair
from tests.policy.foreign.parts import setup
from tests.policy.foreign.parts.around import around
from tests.policy.foreign.parts.kubeadm import Kubeadm, files
from tests.policy.foreign.parts.texts import as_yaml, written

ENDPOINT = "api.ark.acme.example"


def archive(number: int, cluster: Kubeadm, bucket: str) -> str:
    """User data of one node: a list of parts, each with its type."""
    run = [setup.HOST, setup.packages(), setup.etcd_disk(), setup.keys(cluster.name), cluster.command(number)]
    parts = [
        {"type": "text/cloud-config", "content": as_yaml({"write_files": written(files(number, cluster))})},
        {"type": "text/x-shellscript", "content": "#!/bin/sh\n" + "\n".join(run)},
        {"type": "text/x-shellscript", "content": "#!/bin/sh\n" + setup.backup(bucket, cluster.name)},
    ]
    return "#cloud-config-archive\n" + as_yaml(parts)


def program(*, bad: bool) -> None:
    """Three nodes; with the fault every authenticated caller may do everything."""
    place = around("ark", ENDPOINT)
    options = {"authorization-mode": "AlwaysAllow"} if bad else {}
    cluster = Kubeadm(name="ark", endpoint=f"{ENDPOINT}:6443", api_server=options)
    place.behind([place.node(n, text=archive(n, cluster, place.bucket)) for n in range(3)])


PAIR = Pair(
    name="archive-always-allow",
    program=program,
    idea="the API server allows every request that is authenticated",
    expected=frozenset({"P59"}),
)
