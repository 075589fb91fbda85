"""What serves the endpoint (requirements INF-13, INF-14)."""

from collections.abc import Iterator

from plan.refusal import Refusal
from plan.settings.cluster import Settings
from plan.visible import shown

FEWEST = 2  # balancers: a single one would be the single point of failure that the endpoint is meant to remove


def kinds(settings: Settings) -> Iterator[Refusal]:
    """Hosts have a virtual IP; a cloud has its own balancer, and addresses do not move in its network."""
    if settings.kind == "aws":
        for at, given in (
            ("endpoint.virtualIp", settings.endpoint.virtual_ip),
            ("endpoint.dedicatedHosts", settings.endpoint.dedicated_hosts),
            ("balancers", settings.balancers),
        ):
            if given:
                why = "a VPC ignores the ARP by which an address moves; the load balancer takes its place"
                yield Refusal(at=at, what="left out on AWS", found="set", why=why, fix="remove it")
    elif settings.endpoint.virtual_ip is None:
        yield Refusal(
            at="endpoint.virtualIp",
            what=f"set if the kind is `{settings.kind}`",
            found="missing",
            why="without an address that moves, the failure of one host would take the endpoint down",
            fix="give a free address of the hosts' network and the interface that carries it",
        )


def dedicated(settings: Settings) -> Iterator[Refusal]:
    """Dedicated balancers are two or more hosts in different failure domains, each listed and each used."""
    named = settings.endpoint.dedicated_hosts
    listed = [host.name for host in settings.balancers]
    at = "endpoint.dedicatedHosts"
    for index, host in enumerate(named):
        if host not in listed or host in named[:index]:
            twice = host in named[:index]
            yield Refusal(
                at=f"{at}[{index}]",
                what="the name of one of `balancers`, once",
                found=f"{shown(host)} twice" if twice else shown(host),
                why="the host's address is there",
                fix="remove it" if twice else f"add it to `balancers`, or use one of: {', '.join(listed) or '(none)'}",
            )
    for index, host in enumerate(listed):
        if host not in named:
            yield Refusal(
                at=f"balancers[{index}]",
                what="named in `endpoint.dedicatedHosts`",
                found=f"{shown(host)}, which is not",
                why="the host would be set up and never used",
                fix="name it there, or remove it",
            )
    if 0 < len(set(named)) < FEWEST and not settings.single_member:
        yield Refusal(
            at=at,
            what=f"at least {FEWEST} hosts, or left out",
            found=f"{len(set(named))}",
            why="if a single balancer fails, the endpoint fails",
            fix="add another, or let the nodes balance themselves",
        )
    domains = {host.failure_domain for host in settings.balancers}
    if len(listed) >= FEWEST and len(domains) == 1 and not settings.single_failure_domain:
        yield Refusal(
            at="balancers",
            what="in more than one failure domain",
            found=f"all in {domains.pop()!r}",
            why="when it fails, the endpoint is down although the cluster is not",
            fix="spread them; if there is only one domain, set `singleFailureDomain: true`",
        )
