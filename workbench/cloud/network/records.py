"""Reads the inputs of firewall and routes from the records."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network

from moto.ec2.models import EC2Backend
from moto.ec2.models.route_tables import Route, RouteTable
from moto.ec2.models.security_groups import SecurityGroupRule

from workbench.cloud import state
from workbench.cloud.network.firewall import Closed, Holder, Opening

EVERYWHERE = "0.0.0.0/0"


@dataclass(frozen=True, kw_only=True)
class Way:
    """A range that is routed to an interface."""

    range: str
    address: str


def openings() -> list[Opening]:
    """The rules of all groups."""
    found = []
    for backend in state.backends():
        for groups in list(backend.groups.values()):
            for group in list(groups.values()):
                rules = [
                    *((rule, False) for rule in group.ingress_rules),
                    *((rule, True) for rule in group.egress_rules),
                ]
                found += [_opening(rule, group.id, backend, out=out) for rule, out in rules]
    return found


def holders(ways: Sequence[Way]) -> list[Holder]:
    """The interfaces that are in use, with what is routed to them."""
    found = []
    for backend in state.backends():
        for eni in list(backend.enis.values()):
            address = str(eni.private_ip_address)
            ranges = tuple(way.range for way in ways if way.address == address)
            checked = eni.instance is not None and bool(eni.source_dest_check)
            found.append(
                Holder(
                    address=address,
                    groups=tuple(sorted(group.id for group in eni.group_set)),
                    ranges=ranges,
                    mac=eni.mac_address if checked else None,
                )
            )
    return found


def ways() -> list[Way]:
    """Ranges that a route table sends to an instance's interface."""
    found = {}
    for backend in state.backends():
        for table in list(backend.route_tables.values()):
            for route in table.routes:
                eni = route.interface or (route.instance.nics[0] if route.instance else None)
                if eni is not None and route.destination_cidr_block:
                    found[route.destination_cidr_block] = str(eni.private_ip_address)
    return [Way(range=cidr, address=address) for cidr, address in sorted(found.items())]


def closed(services: str, s3: str) -> list[Closed]:
    """Destinations that each subnet cannot reach: services without egress, S3 without egress and endpoint."""
    found = []
    for backend in state.backends():
        for subnets in list(backend.subnets.values()):
            for subnet in list(subnets.values()):
                routes = _table(subnet.id, subnet.vpc_id, backend).routes
                out = any(_leads_out(route) for route in routes)
                gateway = any(route.vpc_endpoint_id or route.destination_prefix_list for route in routes)
                missing = (() if out else (services,)) + (() if out or gateway else (s3,))
                if missing:
                    found.append(Closed(subnet=str(IPv4Network(subnet.cidr_block)), addresses=missing))
    return found


def _leads_out(route: Route) -> bool:
    gateway = route.gateway is not None and route.gateway.id.startswith("igw-")
    nat = route.nat_gateway is not None and route.nat_gateway.state == "available"
    return route.destination_cidr_block == EVERYWHERE and (gateway or nat)


def _table(subnet: str, vpc: str, backend: EC2Backend) -> RouteTable:
    tables = [table for table in list(backend.route_tables.values()) if table.vpc_id == vpc]
    for table in tables:
        if any(each.get("SubnetId") == subnet for each in table.associations):
            return table
    return next(table for table in tables if table.main_association_id is not None)


def _opening(rule: SecurityGroupRule, group: str, backend: EC2Backend, *, out: bool) -> Opening:
    low, high = rule.from_port, rule.to_port
    peer_group = rule.source_group.get("GroupId")
    return Opening(
        group=group,
        protocol=rule.ip_protocol or "-1",
        low=low if low is not None and low >= 0 else 0,
        high=high if high is not None and high >= 0 else 65_535,
        peers=tuple(_ranges(rule, backend)),
        peer_groups=(peer_group,) if peer_group else (),
        out=out,
    )


def _ranges(rule: SecurityGroupRule, backend: EC2Backend) -> Iterator[str]:
    if rule.cidr_ipv4:
        yield rule.cidr_ipv4
    if rule.prefix_list_id:
        known = backend.managed_prefix_lists.get(rule.prefix_list_id)
        if known is not None and known.version is not None:
            yield from (entry["Cidr"] for entry in known.entries.get(known.version, []))
