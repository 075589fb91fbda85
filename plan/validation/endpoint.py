"""The endpoint's name and port (requirements INF-03, INF-15)."""

from collections.abc import Iterator

from plan.network.endpoint import API_PORT
from plan.network.port_matrix import MONITOR_PORT, NODE_PORTS
from plan.refusal import Refusal
from plan.settings.cluster import Settings
from plan.settings.syntax import is_dns_name
from plan.validation import listing
from plan.validation.names import TAKEN

# From here on ports are handed out: NodePorts (30000-32767) by Kubernetes, then outgoing connections by Linux.
FIRST_HANDED_OUT = 30_000


def name(settings: Settings) -> Iterator[Refusal]:
    """A DNS name."""
    given = settings.endpoint.name
    if not is_dns_name(given):
        at = "endpoint.name"
        why = "it stands in certificates and in every kubeconfig, and outlives every address"
        fix = "such as api.prod.example.com, in lower case"
        yield Refusal(at=at, bound="a DNS name", got=repr(given), why=why, fix=fix)


def no_host(settings: Settings) -> Iterator[Refusal]:
    """Not a host's own name."""
    given = settings.endpoint.name
    for host_at, host in listing.names(settings):
        if given == host:
            at = "endpoint.name"
            why = "the name must lead to whichever host serves, not to this one"
            got = f"{given}, the name of {host_at}"
            yield Refusal(at=at, bound="the name of no host", got=got, why=why, fix="such as api.prod.example.com")


def outside_cluster(settings: Settings) -> Iterator[Refusal]:
    """Not a name that is answered differently inside the cluster."""
    given, domain = settings.endpoint.name, settings.network.dns_domain
    if given in TAKEN or given == domain or given.endswith(f".{domain}"):
        yield Refusal(
            at="endpoint.name",
            bound=f"other than {' and '.join(TAKEN)}, and outside the cluster's own domain {domain}",
            got=given,
            why="inside the cluster that name is answered by cluster DNS, which does not know the endpoint",
            fix="use a name of your site's domain",
        )


def port(settings: Settings) -> Iterator[Refusal]:
    """Free on the hosts that balance, and never handed out by Kubernetes or Linux."""
    at, given = "endpoint.port", settings.endpoint.port
    if not 1 <= given < FIRST_HANDED_OUT:
        yield Refusal(
            at=at,
            bound=f"a port from 1 to {FIRST_HANDED_OUT - 1}",
            got=given,
            why="higher ones go to NodePorts and outgoing connections, and may be taken when the balancer starts",
            fix="8443, or 6443 on dedicated balancer hosts",
        )
    if settings.kind == "aws":
        return  # the load balancer has no other listener
    alone = bool(settings.endpoint.dedicated_hosts)
    if given == API_PORT and not alone:
        yield Refusal(
            at=at,
            bound=f"other than {API_PORT} where the nodes balance themselves",
            got=given,
            why="the API server of the same host listens there, and whichever starts second fails",
            fix="use 8443, or name dedicated balancer hosts",
        )
    taken = {MONITOR_PORT: "the balancer's own monitor"}
    taken |= {} if alone else NODE_PORTS
    taken |= {h.ssh_port or settings.ssh.port: "SSH" for h in (settings.balancers if alone else settings.nodes)}
    if given in taken:
        why = f"on that port the same host runs {taken[given]}"
        yield Refusal(at=at, bound="a free port", got=given, why=why, fix="use 8443")
