"""Keeps bridges, routes, firewall and name servers in the recorded state."""

import threading
from ipaddress import IPv4Address, IPv4Network

from workbench.cloud.balancer.keeping import BalancerKeeping
from workbench.cloud.names.resolving import Resolver
from workbench.cloud.names.server import NameServer
from workbench.cloud.network import firewall, records, subnets
from workbench.cloud.network.firewall import Holder
from workbench.cloud.network.namespace import add_address, ip
from workbench.cloud.network.records import Way
from workbench.cloud.services import addresses
from workbench.cloud.services.addresses import PUBLIC, S3
from workbench.cloud.state import Subnet


class Network:
    """Networks of all VPCs."""

    def __init__(self, *, balancers: BalancerKeeping) -> None:
        self._balancers = balancers
        self._names: dict[str, tuple[str, NameServer]] = {}
        self._rules = ""
        self._ways: list[Way] = []
        self._made: set[IPv4Network] = set()
        self._lock = threading.Lock()

    def prepare(self, subnet: Subnet) -> None:
        """Make a subnet, with its VPC's name server. Raises `Unable`."""
        with self._lock:
            subnets.ensure(subnet)
            self._made.add(subnet.cidr)
            if subnet.vpc not in self._names:
                address = subnets.resolver(subnet.vpc_cidr)
                add_address(address)
                resolver = Resolver(subnet, services=addresses.of(subnet.vpc), balancer=self._balancers.addresses)
                self._names[subnet.vpc] = (address, NameServer(address, resolver))

    def look(self) -> None:
        """Apply changed rules and routes. Raises `Unable`, CalledProcessError."""
        ways = records.ways()
        balancers = [Holder(address=zone.address, groups=zone.groups) for zone in self._balancers.zones()]
        rules = firewall.ruleset(
            [*records.holders(ways), *balancers],
            records.openings(),
            records.closed(PUBLIC, S3),
            [address for address, _ in self._names.values()],
        )
        if rules != self._rules:
            firewall.load(rules)
            self._rules = rules
        # A route to an interface may be recorded before the first instance creates the interface's subnet.
        possible = [way for way in ways if any(IPv4Address(way.address) in cidr for cidr in self._made)]
        if possible != self._ways:
            for way in set(self._ways) - set(possible):
                _route("delete", way)
            for way in possible:
                _route("replace", way)
            self._ways = possible


def _route(change: str, way: Way) -> None:
    ip("route", change, way.range, "via", way.address)
