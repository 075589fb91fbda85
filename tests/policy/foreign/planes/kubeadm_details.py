"""kubeadm nodes whose faults are details: a volume, a package, a provider of keys."""

from tests.policy.foreign.case import Pair
from tests.policy.foreign.parts import setup
from tests.policy.foreign.parts.around import around
from tests.policy.foreign.parts.kubeadm import Kubeadm, files, here_documents
from tests.policy.foreign.parts.texts import compressed

IDENTITY_FIRST = """\
apiVersion: apiserver.config.k8s.io/v1
kind: EncryptionConfiguration
resources:
  - resources: ["secrets"]
    providers:
      - identity: {}
      - kms: {apiVersion: v2, name: aws, endpoint: "unix:///run/kms/socket.sock", timeout: 3s}
"""


def build(name: str, *, encrypted: bool = True, kubelet: str | None = None, encryption: str | None = None) -> None:
    """Three nodes with compressed shell scripts."""
    endpoint = f"api.{name}.acme.example"
    place = around(name, endpoint, cidr="10.66.0.0/16")
    cluster = Kubeadm(name=name, endpoint=f"{endpoint}:6443")
    nodes = []
    for n in range(3):
        texts = files(n, cluster)
        if encryption:
            texts["/etc/kubernetes/control/encryption.yaml"] = encryption
        steps = [setup.HOST, setup.packages(kubelet=kubelet), setup.etcd_disk(), setup.keys(name)]
        steps += [here_documents(texts), cluster.command(n), "\n", setup.backup(place.bucket, name)]
        nodes.append(place.node(n, base64=compressed("#!/bin/bash\n" + "".join(steps)), encrypted=encrypted))
    place.behind(nodes)


def plain_volume(*, bad: bool) -> None:
    """With the fault etcd's volumes are not encrypted."""
    build("birch", encrypted=not bad)


def other_kubelet(*, bad: bool) -> None:
    """With the fault the kubelet's package is of another release than the cluster."""
    build("cedar", kubelet="1.36.1" if bad else None)


def identity_first(*, bad: bool) -> None:
    """With the fault Secrets are written as plain text."""
    build("rowan", encryption=IDENTITY_FIRST if bad else None)


PAIRS = (
    Pair(
        name="volume-not-encrypted",
        program=plain_volume,
        idea="etcd's volumes, and every Secret on them, are not encrypted",
        expected=frozenset({"P17"}),
    ),
    Pair(
        name="kubelet-of-another-release",
        program=other_kubelet,
        idea="the kubelet's package is of another release than kubeadm and the cluster",
        expected=frozenset({"P65"}),
    ),
    Pair(
        name="identity-first",
        program=identity_first,
        idea="Secrets are stored as plain text: the identity provider comes first",
        expected=frozenset({"P54", "P55", "P56"}),
    ),
)
