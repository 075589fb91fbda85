"""One kubeadm node for a developer's stack, without a balancer."""

from tests.policy.foreign.case import Alone
from tests.policy.foreign.parts import clouds
from tests.policy.foreign.parts.kubeadm import Kubeadm
from tests.policy.foreign.parts.scripts import shell

ENDPOINT = "api.sand.acme.example"


def program() -> None:
    """One node; its name is in the developer's own DNS."""
    home = clouds.network("sand", "10.75.0.0/16")
    group = clouds.node_group("sand", home)
    profile = clouds.role("sand", "acme-sand")
    cluster = Kubeadm(name="sand", endpoint=f"{ENDPOINT}:6443")
    text = shell(0, cluster, None)
    node = clouds.machine("sand", 0, home, group, text=text, profile=profile.name)
    clouds.etcd_volume("sand-etcd", node, clouds.ZONES[0])


ALONE = Alone(
    name="single-node-for-development",
    program=program,
    idea="a stack for development may have one member and no balancer",
    stack="dev",
)
