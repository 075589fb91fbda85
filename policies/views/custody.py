"""Places where private keys end up: machines of the cluster, and the secrets that they fetch."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from policies.resources import Resource
from policies.stack import Stack, view
from policies.views.bundles import SECRET
from policies.views.certificates import KEY, all_authorities
from policies.views.hosts import NODE, Host
from policies.views.machines import hosts

# Properties that hold a key but do not put it on the machine: a command's login, and its triggers.
_NOT_CONTENT = frozenset({"connection", "triggers"})
QUORATE = "quorate:"


@dataclass(frozen=True, kw_only=True, eq=False)
class Holder:
    """`keys` and `authorities` are URNs; `identity` holds every name and address that can refer to the machine."""

    resource: Resource
    name: str
    identity: frozenset[str]
    plane: bool
    keys: frozenset[str]
    authorities: frozenset[str]


@view
def holders(stack: Stack) -> tuple[Holder, ...]:
    """Every machine of the cluster that gets a key, and every secret of the cluster that contains one."""
    found = [_machine(stack, host) for host in hosts(stack) if host.role != "other"]
    found += [_secret(stack, secret) for secret in stack.of(SECRET) if _fetched(stack, secret)]
    return tuple(holder for holder in found if holder.keys or holder.resource.type == NODE)


@view
def users(stack: Stack) -> Mapping[str, tuple[Resource, ...]]:
    """Resources whose properties refer to each resource, by URN."""
    found: dict[str, list[Resource]] = {}
    for resource in stack.resources:
        for urn in {urn for urns in resource.property_depends.values() for urn in urns}:
            found.setdefault(urn, []).append(resource)
    return {urn: tuple(listed) for urn, listed in found.items()}


def _machine(stack: Stack, host: Host) -> Holder:
    keys, authorities = _contents(stack, host.parts)
    names = {host.resource.urn, host.name, host.resource.name, host.place}
    return Holder(
        resource=host.resource,
        name=host.name,
        identity=frozenset(names - {""}),
        plane=host.is_plane,
        keys=keys,
        authorities=authorities,
    )


def _secret(stack: Stack, resource: Resource) -> Holder:
    keys, authorities = _contents(stack, (resource,))
    return Holder(
        resource=resource,
        name=resource.name,
        identity=frozenset({resource.urn, resource.name}),
        plane=True,
        keys=keys,
        authorities=authorities,
    )


def _contents(stack: Stack, parts: tuple[Resource, ...]) -> tuple[frozenset[str], frozenset[str]]:
    sources = {
        urn
        for part in parts
        for name, urns in part.property_depends.items()
        if name not in _NOT_CONTENT
        for urn in urns
    }
    keys = frozenset(urn for urn in sources if (source := stack.at(urn)) and source.type == KEY)
    return keys, frozenset(urn for urn in sources if urn in all_authorities(stack))


def _fetched(stack: Stack, secret: Resource) -> bool:
    """Whether the secret is part of this project's component, or a machine of the cluster names it."""
    if QUORATE in secret.urn.split("::")[2]:
        return True
    named = {secret.urn, *secret.sources("secretId")}
    return any(named & _made_of(host.parts) for host in hosts(stack) if host.is_plane)


def _made_of(parts: tuple[Resource, ...]) -> set[str]:
    return set(_urns(parts))


def _urns(parts: tuple[Resource, ...]) -> Iterator[str]:
    for part in parts:
        for urns in part.property_depends.values():
            yield from urns
