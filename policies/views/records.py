"""DNS records."""

from dataclasses import dataclass

from policies.resources import Resource
from policies.stack import Stack, view
from policies.views.load_balancers import BALANCERS
from policies.violation import Violation

RECORD = "aws:route53/record:Record"
ADDRESSES = frozenset({"A", "AAAA", "CNAME"})


@dataclass(frozen=True, kw_only=True, eq=False)
class Record:
    """A record that leads to an address. `balancers` are the load balancers it is an alias of."""

    resource: Resource
    name: str
    values: tuple[str, ...]
    balancers: tuple[Resource, ...]

    def violation(self, what: str) -> Violation:
        """A violation of this record."""
        return self.resource.violation(what)


@view
def records(stack: Stack) -> tuple[Record, ...]:
    """Address and alias records with a known name."""
    return tuple(_record(stack, r) for r in stack.of(RECORD) if r.properties.text("type").upper() in ADDRESSES)


def _record(stack: Stack, resource: Resource) -> Record:
    properties = resource.properties
    balancers = [
        source for name in ("aliases", "records", "alias") for source in stack.sources(resource, name, *BALANCERS)
    ]
    known = isinstance(properties.raw("records"), list) and not balancers
    return Record(
        resource=resource,
        name=properties.text("name").rstrip("."),
        values=properties.texts("records") if known else (),
        balancers=tuple(balancers),
    )
