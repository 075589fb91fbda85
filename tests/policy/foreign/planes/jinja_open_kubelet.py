"""kubeadm with stacked etcd by a cloud-config template that cloud-init renders on the node."""

from tests.policy.foreign.case import Pair
from tests.policy.foreign.parts import setup
from tests.policy.foreign.parts.around import around
from tests.policy.foreign.parts.kubeadm import Kubeadm, Tree, files, here_documents
from tests.policy.foreign.parts.texts import as_yaml

ENDPOINT = "api.jade.acme.example"
NAMED: Tree = {"name": "{{ ds.meta_data.local_hostname }}"}


def template(number: int, cluster: Kubeadm, bucket: str) -> str:
    """User data of one node; the node's own name is filled in by cloud-init."""
    run = [setup.HOST, setup.packages(), setup.etcd_disk(), setup.keys(cluster.name)]
    run += [here_documents(files(number, cluster)), cluster.command(number), setup.backup(bucket, cluster.name)]
    document = {"hostname": "{{ ds.meta_data.local_hostname }}", "runcmd": run}
    return "## template: jinja\n#cloud-config\n" + as_yaml(document)


def program(*, bad: bool) -> None:
    """Three nodes; with the fault the kubelets answer callers without credentials."""
    place = around("jade", ENDPOINT)
    authentication = {"anonymous": {"enabled": bad}, "webhook": {"enabled": True}}
    cluster = Kubeadm(
        name="jade", endpoint=f"{ENDPOINT}:6443", kubelet={"authentication": authentication}, registration=NAMED
    )
    place.behind([place.node(n, text=template(n, cluster, place.bucket)) for n in range(3)])


PAIR = Pair(
    name="jinja-open-kubelet",
    program=program,
    idea="the kubelet accepts requests without credentials",
    expected=frozenset({"P60"}),
)
