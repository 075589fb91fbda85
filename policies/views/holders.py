"""Places where private keys end up: nodes of this project, and secrets of a store that a machine reads."""

from dataclasses import dataclass

from policies.resources import Resource
from policies.stack import Stack, view
from policies.views.bundles import SECRET
from policies.views.certificates import KEY, SELF_SIGNED
from policies.views.hosts import NODE
from policies.views.machines import hosts


@dataclass(frozen=True, kw_only=True, eq=False)
class Holder:
    """`keys` and `authorities` are URNs; `identity` holds every text that can mean the machine."""

    resource: Resource
    name: str
    identity: frozenset[str]
    plane: bool
    keys: frozenset[str]
    authorities: frozenset[str]


@view
def holders(stack: Stack) -> tuple[Holder, ...]:
    """Every node, and every secret version that contains a key of the stack."""
    planes = {host.resource.urn for host in hosts(stack) if host.is_plane}
    found = [_holder(stack, node, plane=node.urn in planes) for node in stack.of(NODE)]
    found += [holder for secret in stack.of(SECRET) if (holder := _holder(stack, secret, plane=True)).keys]
    return tuple(found)


def _holder(stack: Stack, resource: Resource, *, plane: bool) -> Holder:
    sources = [stack.at(urn) for urns in resource.property_depends.values() for urn in urns]
    name = resource.properties.text("name") if resource.type == NODE else resource.name
    return Holder(
        resource=resource,
        name=name or resource.name,
        identity=frozenset({resource.urn, name, resource.name} - {""}),
        plane=plane,
        keys=frozenset(source.urn for source in sources if source and source.type == KEY),
        authorities=frozenset(source.urn for source in sources if source and source.type == SELF_SIGNED),
    )
