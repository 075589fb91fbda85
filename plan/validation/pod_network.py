"""The limits of the built-in pod network (requirements ADD-01)."""

from collections.abc import Iterator

from plan.network.pod_network import routed
from plan.refusal import Refusal
from plan.settings.cluster import Settings


def one_family(settings: Settings) -> Iterator[Refusal]:
    """A node has one address, so routes only reach pods with an address of its family."""
    if routed(settings) and len(settings.network.pods) > 1:
        yield Refusal(
            at="addons.podNetwork.kind",
            what="`cilium`, `calico` or `own` if pods have addresses of two families",
            found="`routed`",
            why="a route to the pods of another node uses its address, which has one family",
            fix="remove a range of `network.pods` and of `network.services`, or choose another network",
        )


def own_vpc(settings: Settings) -> Iterator[Refusal]:
    """On AWS the routes are in route tables, which this program only owns in a VPC that it creates."""
    if routed(settings) and settings.kind == "aws" and settings.aws and settings.aws.network.vpc_id is not None:
        yield Refusal(
            at="addons.podNetwork.kind",
            what="`cilium`, `calico` or `own` in an existing VPC",
            found="`routed`",
            why="it needs routes to the pods of every node, and this program does not own the route tables",
            fix="choose a network with tunnels, or `own` and set the routes yourself; `addons.enabled: false` leaves "
            "all add-ons to you",
        )
