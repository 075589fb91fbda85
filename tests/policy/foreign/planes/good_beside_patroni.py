"""A good control plane, and a database of another kind with an etcd of its own."""

from tests.policy.foreign.case import Alone
from tests.policy.foreign.ordinary import patroni
from tests.policy.foreign.parts import scripts
from tests.policy.foreign.parts.around import around
from tests.policy.foreign.parts.kubeadm import Kubeadm

ENDPOINT = "api.twin.acme.example"


def program() -> None:
    """Three nodes by kubeadm, and four machines with Patroni, in one stack."""
    place = around("twin", ENDPOINT)
    cluster = Kubeadm(name="twin", endpoint=f"{ENDPOINT}:6443")
    place.behind([place.node(n, text=scripts.shell(n, cluster, place.bucket)) for n in range(3)])
    patroni.databases("ledger")


ALONE = Alone(name="good-beside-patroni", program=program, idea="two systems in one stack, one of them a database")
