"""kubeadm whose nodes join by token; in the good twin the token is fetched when the node starts."""

from tests.policy.foreign.case import Pair
from tests.policy.foreign.parts import setup
from tests.policy.foreign.parts.around import around
from tests.policy.foreign.parts.kubeadm import Kubeadm, files, here_documents

ENDPOINT = "api.moor.acme.example:6443"
TOKEN = "q3m8ze.7x0vd2p5kcw1ahr9"
DIGEST = "sha256:2f6c1d5b7e90a384c6d2e1f08b97a5c3d4e6f7a8091b2c3d4e5f60718293a4b5"
FETCHED = '"$(aws ssm get-parameter --with-decryption --name /moor/join-token --query Parameter.Value --output text)"'


def script(number: int, cluster: Kubeadm, bucket: str, token: str) -> str:
    """User data of one node; only the first has kubeadm's documents."""
    texts = {path: text for path, text in files(0, cluster).items() if not (number and path.endswith("kubeadm.yaml"))}
    steps = [setup.HOST, setup.packages(), setup.etcd_disk(), setup.keys("moor"), here_documents(texts)]
    if number:
        steps.append(
            f"kubeadm join {ENDPOINT} --control-plane --token {token} \\\n"
            f"  --discovery-token-ca-cert-hash {DIGEST} --cri-socket unix:///run/containerd/containerd.sock\n"
        )
    else:
        steps.append(f"{cluster.command(0)}\n")
    return "#!/bin/bash\nset -eu\n" + "".join(steps) + setup.backup(bucket, "moor")


def program(*, bad: bool) -> None:
    """Three nodes; with the fault their user data holds the token."""
    place = around("moor", "api.moor.acme.example")
    cluster = Kubeadm(name="moor", endpoint=ENDPOINT)
    token = TOKEN if bad else FETCHED
    place.behind([place.node(n, text=script(n, cluster, place.bucket, token)) for n in range(3)])


PAIR = Pair(
    name="token-in-user-data",
    program=program,
    idea="user data holds a bootstrap token, which everyone who may describe instances can read",
    expected=frozenset({"P37", "P71"}),
)
