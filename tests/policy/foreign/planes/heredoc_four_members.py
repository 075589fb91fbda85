"""kubeadm with stacked etcd by a shell script with indented here-documents."""

import textwrap

from tests.policy.foreign.case import Pair
from tests.policy.foreign.parts import setup
from tests.policy.foreign.parts.around import around
from tests.policy.foreign.parts.kubeadm import Kubeadm, files


def indented(path: str, text: str) -> str:
    """A here-document whose lines start with a tab, which `<<-` takes away."""
    return f"\tcat > {path} <<-'EOF'\n{textwrap.indent(text.rstrip(), chr(9))}\n\tEOF\n"


def script(number: int, cluster: Kubeadm, bucket: str) -> str:
    """User data of one node."""
    written = "".join(indented(path, text) for path, text in files(number, cluster).items())
    return (
        "#!/bin/bash\nset -euo pipefail\n"
        f"{setup.HOST}{setup.packages()}{setup.etcd_disk()}{setup.keys(cluster.name)}"
        "configure() {\n\tmkdir -p /etc/kubernetes/control\n"
        f"{written}}}\nconfigure\n{cluster.command(number)}\n{setup.backup(bucket, cluster.name)}"
    )


def program(*, bad: bool) -> None:
    """Three nodes; with the fault a fourth one."""
    place = around("harbour", "api.harbour.acme.example")
    cluster = Kubeadm(name="harbour", endpoint="api.harbour.acme.example:6443")
    nodes = [place.node(n, text=script(n, cluster, place.bucket)) for n in range(4 if bad else 3)]
    place.behind(nodes)


PAIR = Pair(
    name="heredoc-four-members",
    program=program,
    idea="four stacked members tolerate no more failures than three, and one zone holds two of them",
    expected=frozenset({"P01", "P18"}),
)
