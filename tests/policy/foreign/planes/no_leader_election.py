"""A control plane by hand; the controller manager's options are flags of its unit."""

from tests.policy.foreign.case import Pair
from tests.policy.foreign.parts import by_hand, hard_way, hosts


def program(*, bad: bool) -> None:
    """Three hosts; with the fault every controller manager acts at the same time."""
    nodes = hosts.hosts("loam", "10.7.11", 11, 3)
    cluster = hard_way.Cluster(name="loam", endpoint="api.loam.acme.example", nodes=nodes)
    by_hand.build(cluster, by_hand.roots("loam"), by_hand.Choices(elects=not bad))


PAIR = Pair(
    name="no-leader-election",
    program=program,
    idea="the controller managers do not elect a leader and work against each other",
    expected=frozenset({"P53"}),
)
