"""The endpoint's names, issuers and port (requirements INF-03, INF-15)."""

from collections.abc import Iterator
from contextlib import suppress

from plan.network.endpoint import API_PORT
from plan.network.port_matrix import MONITOR_PORT, NODE_PORTS
from plan.refusal import Refusal
from plan.settings.cluster import Settings
from plan.settings.model import Unread
from plan.settings.syntax import is_address, is_dns_name
from plan.validation import listing
from plan.visible import shown

EXAMPLE = "api.prod.example.com"
# Names that each host resolves on its own or not at all (RFC 6761, RFC 6762).
UNRESOLVED = (".local", ".localhost", ".localdomain", ".invalid", ".onion")


def names(settings: Settings) -> Iterator[Refusal]:
    """The endpoint has fully qualified DNS names that every client resolves to the same address."""
    for at, given in _names(settings):
        if not is_dns_name(given) or is_address(given):
            why = "it is part of certificates and of every kubeconfig, and must stay valid when addresses change"
            found = shown(given) if given else "empty"
            yield Refusal(at=at, what="a DNS name", found=found, why=why, fix="such as api.prod.example.com")
        elif "." not in given or (given.endswith(UNRESOLVED) and not _answered_inside(given, settings)):
            if given in {host for _, host in listing.names(settings)}:
                continue  # `no_host` reports it
            last = given.rpartition(".")[2]
            reason = "a single label" if "." not in given else f"below `.{last}`"
            why = "each host would complete or resolve it differently"
            found = f"{given}, {reason}"
            yield Refusal(
                at=at, what="a fully qualified name that DNS resolves", found=found, why=why, fix=f"such as {EXAMPLE}"
            )


def no_host(settings: Settings) -> Iterator[Refusal]:
    """The endpoint's name is not the name of a host."""
    hosts = {host: at for at, host in listing.names(settings)}
    for at, given in _names(settings):
        if given in hosts:
            why = "the name must lead to any host that serves, not to this one"
            found = f"{given}, the name of {hosts[given]}"
            yield Refusal(at=at, what="a name that no host has", found=found, why=why, fix=f"such as {EXAMPLE}")


def outside_cluster(settings: Settings) -> Iterator[Refusal]:
    """Cluster DNS does not resolve the name differently."""
    domain = settings.network.dns_domain
    for at, given in _names(settings):
        if _answered_inside(given, settings):
            yield Refusal(
                at=at,
                what=f"outside the cluster's own domain {domain}, and not a Service's name",
                found=given,
                why="inside the cluster, cluster DNS serves that name and does not know the endpoint",
                fix="use a name of your site's domain",
            )


def once(settings: Settings) -> Iterator[Refusal]:
    """No name is listed twice."""
    seen: set[str] = set()
    for at, given in _names(settings):
        if given in seen:
            why = "every name is in the certificates once"
            yield Refusal(at=at, what="a further name", found=f"{given} again", why=why, fix="remove it")
        seen.add(given)


def issuers(settings: Settings) -> Iterator[Refusal]:
    """No issuer is listed twice: the first signs, and each becomes a flag of the API server."""
    given = settings.control_plane.service_account_issuers
    for index, issuer in enumerate(given):
        if issuer in given[:index]:
            at = f"controlPlane.serviceAccountIssuers[{index}]"
            yield Refusal(at=at, what="a further issuer", found=f"{issuer} again", why="one is enough", fix="remove it")


def _answered_inside(name: str, settings: Settings) -> bool:
    domain = settings.network.dns_domain
    return name == domain or name.endswith((f".{domain}", ".svc"))


def _names(settings: Settings) -> Iterator[tuple[str, str]]:
    with suppress(Unread):
        yield "endpoint.name", settings.endpoint.name
    yield from ((f"endpoint.otherNames[{i}]", one) for i, one in enumerate(settings.endpoint.other_names))


def port(settings: Settings) -> Iterator[Refusal]:
    """The port is free on the hosts that balance."""
    at, given = "endpoint.port", settings.endpoint.port
    if settings.kind == "aws":
        return  # the load balancer has no other listener
    alone = bool(settings.endpoint.dedicated_hosts)
    if given == API_PORT and not alone:
        yield Refusal(
            at=at,
            what=f"other than {API_PORT} if the nodes balance themselves",
            found=given,
            why="the API server of the same host listens there, and the one that starts second fails",
            fix="use 8443, or name dedicated balancer hosts",
        )
    taken = {MONITOR_PORT: "the balancer's own monitor"}
    taken |= {} if alone else NODE_PORTS
    taken |= {h.ssh_port or settings.ssh.port: "SSH" for h in (settings.balancers if alone else settings.nodes)}
    if given in taken:
        why = f"the same host runs {taken[given]} on that port"
        yield Refusal(at=at, what="a free port", found=given, why=why, fix="use 8443")
