"""Which target groups lead to API servers, by the machines behind them and the port that their documents name."""

from collections.abc import Iterable
from dataclasses import dataclass

from policies.addresses import canonical, host_of, port_of
from policies.properties import Undecidable
from policies.resources import Resource
from policies.stack import Stack, view
from policies.views.hosts import API_PORT, Host
from policies.views.machines import hosts
from policies.views.targets import Attachment, asks_for_readiness, port_number


@dataclass(frozen=True, kw_only=True)
class Serving:
    """The port of a group, and why API servers are behind it; '' if they are not."""

    port: int | None
    because: str


@view
def planes_by_identity(stack: Stack) -> dict[str, Host]:
    """Machines with API servers by URN (their own, or of the group that starts them) and by address."""
    found: dict[str, Host] = {}
    for host in hosts(stack):
        if not host.is_plane:
            continue
        for resource in (host.resource, *host.interfaces, *host.owners):
            found[resource.urn] = host
        try:
            if host.address:
                found[canonical(host.address)] = host
        except Undecidable:
            continue
    return found


@view
def endpoint_names(stack: Stack) -> frozenset[tuple[str, int]]:
    """Names and ports that documents of machines give as the API's endpoint."""
    return frozenset(
        (canonical(host_of(endpoint)), port_of(endpoint) or API_PORT)
        for host in hosts(stack)
        if host.is_plane and not host.hidden and (endpoint := host.kubeadm.cluster.text("controlPlaneEndpoint"))
    )


def serving(stack: Stack, group: Resource, attached: Iterable[Attachment], port: int | None = None) -> Serving:
    """Judge one target group, or one port of a classic load balancer."""
    own = port if port is not None else port_number(group, "port")
    planes = planes_by_identity(stack)
    for attachment in attached:
        named = {target.urn for target in attachment.targets} | {canonical(attachment.address)}
        host = next((planes[name] for name in named if name in planes), None)
        reached = attachment.port or own
        if host is not None and reached in (host.api_port if not host.hidden else API_PORT, API_PORT):
            clause = f"{group.name} is judged because it sends connections to port {reached} of {host.name}"
            return Serving(port=own, because=f"{clause}, where an API server runs")
    if own == API_PORT and asks_for_readiness(group):
        return Serving(
            port=own, because=f"{group.name} is judged because it checks an API server's health on port {own}"
        )
    if own == API_PORT and planes and not any(True for _ in attached):
        return Serving(port=own, because=f"{group.name} is judged because its port is that of the API servers")
    return Serving(port=own, because="")
