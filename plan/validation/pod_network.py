"""What the built-in pod network can do (requirements ADD-01)."""

from collections.abc import Iterator

from plan.network.pod_network import routed
from plan.refusal import Refusal
from plan.settings.cluster import Settings


def one_family(settings: Settings) -> Iterator[Refusal]:
    """Nodes are known by one address, so routes lead only to pods of its family."""
    if routed(settings) and len(settings.network.pods) > 1:
        yield Refusal(
            at="addons.podNetwork.kind",
            bound="`cilium`, `calico` or `own` where pods have addresses of two families",
            got="'routed'",
            why="a route to the pods of another node goes by its address, which is of one family",
            fix="remove a range of `network.pods` and of `network.services`, or choose another network",
        )


def own_vpc(settings: Settings) -> Iterator[Refusal]:
    """On AWS the routes stand in route tables, which are this program's only where the VPC is."""
    if routed(settings) and settings.kind == "aws" and settings.aws and settings.aws.network.vpc_id is not None:
        yield Refusal(
            at="addons.podNetwork.kind",
            bound="`cilium`, `calico` or `own` in a VPC that is there already",
            got="'routed'",
            why="it needs routes to the pods of every node, and the route tables are somebody else's",
            fix="choose a network with tunnels, or `own` and set the routes yourself",
        )
