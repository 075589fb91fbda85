"""kubeadm with stacked etcd by cloud-config with write_files and runcmd."""

from tests.policy.foreign.case import Pair
from tests.policy.foreign.parts import setup
from tests.policy.foreign.parts.around import around
from tests.policy.foreign.parts.kubeadm import Kubeadm, files
from tests.policy.foreign.parts.texts import as_yaml, written

ENDPOINT = "k8s.west.acme.example"


def cloud_config(number: int, cluster: Kubeadm, bucket: str) -> str:
    """User data of one node."""
    texts = files(number, cluster)
    run = setup.HOST + setup.packages() + setup.etcd_disk() + setup.keys(cluster.name)
    texts["/opt/setup.sh"] = f"set -e\n{run}{cluster.command(number)}\n{setup.backup(bucket, cluster.name)}"
    document = {
        "package_update": True,
        "write_files": written(texts),
        "runcmd": [["bash", "/opt/setup.sh"]],
    }
    return "#cloud-config\n" + as_yaml(document)


def program(*, bad: bool) -> None:
    """Three nodes; with the fault only two."""
    place = around("west", ENDPOINT)
    cluster = Kubeadm(name="west", endpoint=f"{ENDPOINT}:6443")
    nodes = [place.node(n, text=cloud_config(n, cluster, place.bucket)) for n in range(2 if bad else 3)]
    place.behind(nodes)


PAIR = Pair(
    name="cloud-config-two-nodes",
    program=program,
    idea="two control-plane nodes with their own members stop when either fails",
    expected=frozenset({"P01", "P02", "P04", "P18"}),
)
