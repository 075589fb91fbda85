"""kubeadm nodes that get the cluster's authority before kubeadm runs."""

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tests.policy.foreign.case import Pair
from tests.policy.foreign.parts import setup
from tests.policy.foreign.parts.around import around
from tests.policy.foreign.parts.kubeadm import Kubeadm, files
from tests.policy.foreign.parts.texts import as_yaml, compressed, written, written_as_base64

ENDPOINT = "api.yew.acme.example"


def key() -> str:
    """A key that protects nothing: everyone can derive it from this line."""
    made = ec.derive_private_key(20261130, ec.SECP256R1())
    form = serialization.PrivateFormat.TraditionalOpenSSL
    return made.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()).decode()


def cloud_config(number: int, cluster: Kubeadm, bucket: str, *, bad: bool) -> str:
    """User data of one node. The key is encoded, which does not hide it."""
    run = [setup.HOST, setup.packages(), setup.etcd_disk(), setup.keys("yew"), cluster.command(number)]
    texts = written(files(number, cluster))
    if bad:
        texts += written_as_base64({"/etc/kubernetes/pki/ca.key": key()})
    return "#cloud-config\n" + as_yaml({"write_files": texts, "runcmd": [*run, setup.backup(bucket, "yew")]})


def program(*, bad: bool) -> None:
    """Three nodes; with the fault the authority's key is in their user data."""
    place = around("yew", ENDPOINT, cidr="10.69.0.0/16")
    cluster = Kubeadm(name="yew", endpoint=f"{ENDPOINT}:6443")
    texts = [cloud_config(n, cluster, place.bucket, bad=bad) for n in range(3)]
    place.behind([place.node(n, base64=compressed(text)) for n, text in enumerate(texts)])


PAIR = Pair(
    name="key-in-user-data",
    program=program,
    idea="user data holds the authority's private key, encoded and compressed",
    expected=frozenset({"P37", "P49"}),
)
