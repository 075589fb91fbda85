"""A control plane by hand with five hosts."""

from tests.policy.foreign.case import Pair
from tests.policy.foreign.parts import by_hand, hard_way, hosts


def program(*, bad: bool) -> None:
    """Five hosts; with the fault the API servers' certificates may sign others."""
    nodes = hosts.hosts("marl", "10.7.10", 11, 5)
    cluster = hard_way.Cluster(name="marl", endpoint="api.marl.acme.example", nodes=nodes)
    by_hand.build(cluster, by_hand.roots("marl"), by_hand.Choices(api_server_signs=bad))


PAIR = Pair(
    name="leaf-that-signs",
    program=program,
    idea="the API servers' certificates are authorities: a stolen one signs any identity",
    expected=frozenset({"P44"}),
    changed=6,
)
