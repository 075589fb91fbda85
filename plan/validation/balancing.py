"""Who stands behind the endpoint (requirements INF-13, INF-14)."""

from collections.abc import Iterator

from plan.refusal import Refusal
from plan.settings.cluster import Settings

FEWEST = 2  # balancers: one would be the single point of failure that the endpoint is there to remove


def kinds(settings: Settings) -> Iterator[Refusal]:
    """Hosts have a virtual IP; a cloud has its own balancer, and its network moves no address."""
    if settings.kind == "aws":
        for at, given in (
            ("endpoint.virtualIp", settings.endpoint.virtual_ip),
            ("endpoint.dedicatedHosts", settings.endpoint.dedicated_hosts),
            ("balancers", settings.balancers),
        ):
            if given:
                why = "a VPC ignores the ARP by which an address moves; the load balancer takes its place"
                yield Refusal(at=at, bound="absent on AWS", got="given", why=why, fix="remove it")
    elif settings.endpoint.virtual_ip is None:
        yield Refusal(
            at="endpoint.virtualIp",
            bound=f"given, because the kind is {settings.kind!r}",
            got="missing",
            why="without an address that moves, the endpoint would die with one host",
            fix="give a free address of the hosts' network and the interface that carries it",
        )


def dedicated(settings: Settings) -> Iterator[Refusal]:
    """Two or more hosts in different failure domains, each listed and each used."""
    named = settings.endpoint.dedicated_hosts
    listed = [host.name for host in settings.balancers]
    at = "endpoint.dedicatedHosts"
    for index, host in enumerate(named):
        if host not in listed or host in named[:index]:
            twice = host in named[:index]
            yield Refusal(
                at=f"{at}[{index}]",
                bound="the name of one of `balancers`, once",
                got=f"{host!r} twice" if twice else repr(host),
                why="the host's address stands there",
                fix="remove it" if twice else f"add it to `balancers`, or use one of: {', '.join(listed) or '(none)'}",
            )
    for index, host in enumerate(listed):
        if host not in named:
            yield Refusal(
                at=f"balancers[{index}]",
                bound="named in `endpoint.dedicatedHosts`",
                got=f"{host!r}, which is not",
                why="the host would be prepared and do nothing",
                fix="name it there, or remove it",
            )
    if 0 < len(set(named)) < FEWEST and not settings.single_member:
        yield Refusal(
            at=at,
            bound=f"at least {FEWEST} hosts, or none",
            got=f"{len(set(named))}",
            why="a single balancer takes the endpoint with it",
            fix="add another, or let the nodes balance themselves",
        )
    domains = {host.failure_domain for host in settings.balancers}
    if len(listed) >= FEWEST and len(domains) == 1 and not settings.single_failure_domain:
        yield Refusal(
            at="balancers",
            bound="in more than one failure domain",
            got=f"all in {domains.pop()!r}",
            why="when it fails the endpoint is gone, although the cluster is not",
            fix="spread them; if there is only one domain, say `singleFailureDomain: true`",
        )
