"""DNS records."""

from collections.abc import Mapping
from dataclasses import dataclass

from policies.addresses import canonical
from policies.resources import Resource
from policies.stack import Stack, view
from policies.violation import Violation

RECORD = "aws:route53/record:Record"
ZONE = "aws:route53/zone:Zone"
ADDRESSES = frozenset({"A", "AAAA", "CNAME"})
FRONTS = (
    "aws:lb/loadBalancer:LoadBalancer",
    "aws:alb/loadBalancer:LoadBalancer",
    "aws:elb/loadBalancer:LoadBalancer",
)


@dataclass(frozen=True, kw_only=True, eq=False)
class Record:
    """A record that leads to an address. `balancers` are the load balancers it is an alias of."""

    resource: Resource
    name: str
    values: tuple[str, ...]
    balancers: tuple[Resource, ...]
    targets: tuple[Resource, ...] = ()  # other resources whose address it contains

    def violation(self, what: str) -> Violation:
        """A violation of this record."""
        return self.resource.violation(what)


@view
def records(stack: Stack) -> tuple[Record, ...]:
    """Address and alias records with a known name."""
    return tuple(
        _record(stack, r)
        for r in stack.of(RECORD)
        if r.properties.known("name") and r.properties.known("type") and r.properties.text("type").upper() in ADDRESSES
    )


@view
def _names(stack: Stack) -> Mapping[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for record in records(stack):
        for balancer in record.balancers:
            found[balancer.urn] = (*found.get(balancer.urn, ()), record.name)
    return found


def record_names(stack: Stack, urn: str) -> tuple[str, ...]:
    """Names that lead to a load balancer."""
    return _names(stack).get(urn, ())


def _record(stack: Stack, resource: Resource) -> Record:
    properties = resource.properties
    sources = [source for name in ("aliases", "records", "alias") for source in stack.sources(resource, name)]
    balancers = tuple(source for source in sources if source.type in FRONTS)
    listed = properties.raw("records")
    return Record(
        resource=resource,
        name=_absolute(stack, resource),
        values=tuple(v for v in listed if isinstance(v, str)) if isinstance(listed, list) and not balancers else (),
        balancers=balancers,
        targets=tuple(source for source in sources if source.type not in FRONTS),
    )


def _absolute(stack: Stack, resource: Resource) -> str:
    """The whole name: Route 53 takes one that does not end with the zone's name as relative to the zone."""
    name = canonical(resource.properties.text("name"))
    for zone in stack.sources(resource, "zoneId", ZONE):
        suffix = canonical(zone.properties.text("name")) if zone.properties.known("name") else ""
        if suffix and name != suffix and not name.endswith(f".{suffix}"):
            return f"{name}.{suffix}" if name and name != "@" else suffix
    return name
