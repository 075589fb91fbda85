"""Two clusters in one stack, each with everything of its own; they differ in size, version and user data."""

from tests.policy.foreign.case import Pair
from tests.policy.foreign.parts import setup
from tests.policy.foreign.parts.around import around
from tests.policy.foreign.parts.kubeadm import Kubeadm, files, here_documents
from tests.policy.foreign.parts.texts import as_yaml, encoded, written


def script(number: int, cluster: Kubeadm, bucket: str) -> str:
    """User data of one node, as a shell script."""
    steps = [setup.HOST, setup.packages(cluster.version), setup.etcd_disk(), setup.keys(cluster.name)]
    steps += [here_documents(files(number, cluster)), cluster.command(number), "\n"]
    return "#!/bin/bash\n" + "".join(steps) + setup.backup(bucket, cluster.name)


def cloud_config(number: int, cluster: Kubeadm, bucket: str) -> str:
    """User data of one node, as cloud-config."""
    run = [setup.HOST, setup.packages(cluster.version), setup.etcd_disk(), setup.keys(cluster.name)]
    run += [cluster.command(number), setup.backup(bucket, cluster.name)]
    return "#cloud-config\n" + as_yaml({"write_files": written(files(number, cluster)), "runcmd": run})


def program(*, bad: bool) -> None:
    """Clusters of three and of five nodes; with the fault the second one's pods and Services overlap."""
    blue = around("blue", "api.blue.acme.example", cidr="10.61.0.0/16")
    green = around("green", "api.green.acme.example", cidr="10.62.0.0/16")
    first = Kubeadm(name="blue", endpoint="api.blue.acme.example:6443", pods="10.128.0.0/14", services="172.20.0.0/16")
    second = Kubeadm(
        name="green",
        endpoint="api.green.acme.example:6443",
        version="1.35.6",
        pods="10.128.0.0/14",
        services="10.131.0.0/16" if bad else "172.20.0.0/16",
    )
    blue.behind([blue.node(n, text=script(n, first, blue.bucket)) for n in range(3)])
    green.behind([green.node(n, base64=encoded(cloud_config(n, second, green.bucket))) for n in range(5)])


PAIR = Pair(
    name="two-clusters-overlap",
    program=program,
    idea="in one of two clusters the network of Services lies inside the network of pods",
    expected=frozenset({"P35"}),
)
