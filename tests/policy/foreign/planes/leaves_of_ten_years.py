"""A control plane by hand whose API servers answer on a virtual address."""

from tests.policy.foreign.case import Pair
from tests.policy.foreign.parts import by_hand, hard_way, hosts

DECADE = 10 * hard_way.YEAR


def program(*, bad: bool) -> None:
    """Three hosts; with the fault the API servers' certificates live for ten years."""
    nodes = hosts.hosts("flint", "10.7.8", 11, 3)
    cluster = hard_way.Cluster(name="flint", endpoint="api.flint.acme.example", nodes=nodes, address="10.7.8.10")
    hours = DECADE if bad else hard_way.YEAR
    by_hand.build(cluster, by_hand.roots("flint"), by_hand.Choices(api_server_hours=hours))


PAIR = Pair(
    name="leaves-of-ten-years",
    program=program,
    idea="the API servers' leaf certificates are valid for ten years",
    expected=frozenset({"P40"}),
)
