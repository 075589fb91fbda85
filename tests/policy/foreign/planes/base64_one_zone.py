"""kubeadm with stacked etcd by a shell script that travels as base64."""

from tests.policy.foreign.case import Pair
from tests.policy.foreign.parts import setup
from tests.policy.foreign.parts.around import around
from tests.policy.foreign.parts.kubeadm import Kubeadm, files, here_documents
from tests.policy.foreign.parts.texts import encoded


def program(*, bad: bool) -> None:
    """Five nodes in three zones; with the fault all of them in the first."""
    place = around("dune", "api.dune.acme.example")
    cluster = Kubeadm(name="dune", endpoint="api.dune.acme.example:6443")
    nodes = []
    for n in range(5):
        lines = [
            "#!/usr/bin/env bash",
            setup.HOST,
            setup.packages(),
            setup.etcd_disk("/dev/sdf"),
            setup.keys("dune"),
            here_documents(files(n, cluster)),
            cluster.command(n),
            setup.backup(place.bucket, "dune", every="daily"),
        ]
        text = encoded("\n".join(lines))
        nodes.append(place.node(n, base64=text, zone=0 if bad else None))
    place.behind(nodes)


PAIR = Pair(
    name="base64-one-zone",
    program=program,
    idea="all members are in one availability zone, which takes the quorum with it",
    expected=frozenset({"P18"}),
    changed=12,
)
