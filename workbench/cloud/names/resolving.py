"""Resolves the names of a VPC: private zones, balancers, AWS's services, and names of addresses."""

import re
from collections.abc import Callable, Iterator

from moto.elbv2.models import elbv2_backends
from moto.route53.models import FakeZone, route53_backends

from workbench.cloud.names.message import NO_NAME, REFUSED, Answer
from workbench.cloud.state import Subnet

AWS = "amazonaws.com"
SECONDS = 60
LONGEST_CHAIN = 8  # longest chain of aliases and CNAMEs
_ADDRESS_NAME = re.compile(r"ip-(\d+)-(\d+)-(\d+)-(\d+)\.(ec2|[a-z0-9-]+\.compute)\.internal")

Services = Callable[[str], tuple[str, ...]]
Balancer = Callable[[str], tuple[str, ...]]


class Resolver:
    """Resolver of one VPC.

    `services` returns the addresses of a service's name, `balancer` the healthy ones of a balancer's name.
    """

    def __init__(self, subnet: Subnet, *, services: Services, balancer: Balancer) -> None:
        self._vpc = subnet.vpc
        self._services, self._balancer = services, balancer

    def __call__(self, name: str) -> Answer:
        """Resolve one name."""
        return self._found(name.rstrip("."), LONGEST_CHAIN)

    def _found(self, name: str, left: int) -> Answer:
        zones = [zone for zone in self._zones() if name == _plain(zone.name) or name.endswith(f".{_plain(zone.name)}")]
        if zones:
            return self._in_zone(max(zones, key=lambda zone: len(zone.name)), name, left)
        if name in balancers():
            return Answer(addresses=self._balancer(name), seconds=SECONDS)
        match = _ADDRESS_NAME.fullmatch(name)
        if match is not None:
            return Answer(addresses=[".".join(match.groups()[:4])], seconds=SECONDS)
        if name.endswith(f".{AWS}"):
            found = self._services(name)
            return Answer(addresses=found, seconds=SECONDS) if found else Answer(code=NO_NAME)
        # No other name server is queried: names that the region cannot reach need no address.
        return Answer(code=REFUSED)

    def _zones(self) -> Iterator[FakeZone]:
        for account in list(route53_backends.values()):
            for backend in list(account.values()):
                for zone in list(backend.zones.values()):
                    if any(vpc.get("vpc_id") == self._vpc for vpc in zone.vpcs):
                        yield zone

    def _in_zone(self, zone: FakeZone, name: str, left: int) -> Answer:
        records = [record for record in zone.rrsets if _plain(record.name) == name]
        if not records:
            return Answer(code=NO_NAME)
        for record in records:
            target = (record.alias_target or {}).get("DNSName")
            if record.type == "CNAME" and record.records:
                target = record.records[0]
            if target and left:
                return self._found(_plain(target), left - 1)
            if record.type == "A" and record.records:
                return Answer(addresses=list(record.records), seconds=int(record.ttl or SECONDS))
        return Answer()


def balancers() -> frozenset[str]:
    """Names of all load balancers."""
    return frozenset(
        balancer.dns_name.lower()
        for account in list(elbv2_backends.values())
        for backend in list(account.values())
        for balancer in list(backend.load_balancers.values())
    )


def _plain(name: str) -> str:
    return name.rstrip(".").lower()
