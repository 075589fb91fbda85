"""Cluster DNS, its stub domains and resolvers, and records outside the cluster."""

from collections.abc import Iterator

from plan.network.service_addresses import dns_ips
from plan.refusal import Refusal
from plan.settings.cluster import Settings
from plan.settings.syntax import is_dns_name
from plan.settings.values import Address
from plan.validation import listing
from plan.validation.special_ranges import special
from plan.visible import shown

ENOUGH = 2  # replicas: one of them may be on the node that fails
_ZONE = "it becomes a zone of CoreDNS, which refuses to start with a bad or repeated one"


def replicas(settings: Settings) -> Iterator[Refusal]:
    """Cluster DNS has at least two replicas."""
    given = settings.addons.core_dns.at_least
    if given is not None and 1 <= given < ENOUGH and not settings.single_member:
        yield Refusal(
            at="addons.coreDns.atLeast",
            what=f"at least {ENOUGH}",
            found=given,
            why="with one replica no name resolves while its node is down",
            fix=f"use {ENOUGH} or more",
        )


def stub_domains(settings: Settings) -> Iterator[Refusal]:
    """Stub domains are outside the cluster, listed once, and have a server."""
    own = settings.network.dns_domain
    seen: set[str] = set()
    for index, stub in enumerate(settings.addons.core_dns.stub_domains):
        at = f"addons.coreDns.stubDomains[{index}]"
        if not is_dns_name(stub.domain):
            yield Refusal(at=f"{at}.domain", what="a DNS name", found=shown(stub.domain), why=_ZONE, fix="correct it")
        elif stub.domain == own or stub.domain.endswith(f".{own}") or own.endswith(f".{stub.domain}"):
            why = "queries for Services would be sent to servers that do not know them"
            what, fix = f"outside the cluster's own domain {own}", "choose another domain"
            yield Refusal(at=f"{at}.domain", what=what, found=stub.domain, why=why, fix=fix)
        elif stub.domain in seen:
            yield Refusal(
                at=f"{at}.domain", what="listed once", found=f"{stub.domain} twice", why=_ZONE, fix="merge both"
            )
        if not stub.servers:
            why = "the domain's names would not resolve at all"
            yield Refusal(
                at=f"{at}.servers", what="at least one", found="none", why=why, fix="give a server, or remove it"
            )
        seen.add(stub.domain)


def resolvers(settings: Settings) -> Iterator[Refusal]:
    """Resolvers are outside the cluster: a query loop stops CoreDNS, and a host cannot depend on its own cluster."""
    services = [one for _, one in listing.services(settings)]
    own = dict.fromkeys(dns_ips(tuple(s for s in services if s.num_addresses > 10)), "cluster DNS itself")  # noqa: PLR2004 - DNS has the tenth
    virtual_ip = settings.endpoint.virtual_ip
    own |= {virtual_ip.address: "the virtual IP"} if virtual_ip else {}
    for at, address in _resolvers(settings):
        reason = own.get(address) or _unreachable(settings, address)
        if reason is not None:
            yield Refusal(
                at=at,
                what="the address of a resolver outside the cluster",
                found=f"{address}, {reason}",
                why="queries would loop or get no response, and CoreDNS stops when it detects a loop",
                fix="give the resolver of your site",
            )


def _resolvers(settings: Settings) -> Iterator[tuple[str, Address]]:
    yield from ((f"network.dnsServers[{i}]", one) for i, one in enumerate(settings.network.dns_servers))
    dns = settings.addons.core_dns
    yield from ((f"addons.coreDns.upstream[{i}]", one) for i, one in enumerate(dns.upstream))
    for index, stub in enumerate(dns.stub_domains):
        at = f"addons.coreDns.stubDomains[{index}].servers"
        yield from ((f"{at}[{i}]", one) for i, one in enumerate(stub.servers))


def _unreachable(settings: Settings, address: Address) -> str | None:
    for at, network in (*listing.pods(settings), *listing.services(settings)):
        if address.version == network.version and address in network:
            return f"inside {at} ({network})"
    kind = special(address)
    # Amazon's resolver is link-local inside every VPC.
    return None if kind is None or (kind == "link-local" and settings.kind == "aws") else f"which is {kind}"


def external_dns(settings: Settings) -> Iterator[Refusal]:
    """ExternalDNS is limited to named domains and has credentials."""
    given = settings.addons.external_dns
    why = "without a limit, every Service could claim any name in every zone that the credentials can change"
    if given.enabled and not given.domains:
        at, fix = "addons.externalDns.domains", "list the domains in which Services may have names"
        yield Refusal(at=at, what="at least one domain", found="none", why=why, fix=fix)
    for index, domain in enumerate(given.domains):
        if not is_dns_name(domain):
            at = f"addons.externalDns.domains[{index}]"
            yield Refusal(at=at, what="a DNS name", found=shown(domain), why=why, fix="correct it")
    if given.enabled and given.credentials_secret is None and settings.kind == "hosts":
        yield Refusal(
            at="addons.externalDns.credentialsSecret",
            what="set on your own hosts",
            found="missing",
            why="only an instance on AWS has its own rights to change Route53",
            fix="create a Secret with a key `credentials` in the namespace, and name it here",
        )
