"""Finds what a cloud's firewalls would newly allow or no longer allow."""

from collections.abc import Iterator
from dataclasses import dataclass

from operations.review.change import Changes
from policies.properties import Undecidable
from policies.resources import Resource
from policies.stack import Stack
from policies.views import firewall
from policies.views.firewall import GROUP, INGRESS, RULE, Opening

# The property that names another security group as the source, by type of the rule.
SOURCE_GROUP = {RULE: "sourceSecurityGroupId", INGRESS: "referencedSecurityGroupId"}


@dataclass(frozen=True, kw_only=True)
class OpeningChange:
    """One change of access. `kind`: opened or closed. `world`: the source is the whole internet."""

    kind: str
    group: str
    what: str
    source: str
    world: bool


def openings(changes: Changes) -> Iterator[OpeningChange]:
    """Differences in allowed access; a rule in a different notation is not a difference."""
    before, after = _all(changes.before), _all(changes.after)
    for kind, found, other in (("opened", after, before), ("closed", before, after)):
        for group, what, source, world in sorted(found - other):
            yield OpeningChange(kind=kind, group=group, what=what, source=source, world=world)


def _all(stack: Stack) -> set[tuple[str, str, str, bool]]:
    return {
        (_group(stack, opening), _what(opening), source, opening.world and source in ("0.0.0.0/0", "::/0"))
        for opening in firewall.openings(stack)
        for source in _sources(stack, opening)
    }


def _group(stack: Stack, opening: Opening) -> str:
    urn = opening.group or _reference(stack, opening.resource, "securityGroupId")
    return urn.rsplit("::", 1)[-1] if urn else "a group of another program"


def _sources(stack: Stack, opening: Opening) -> tuple[str, ...]:
    if opening.networks:
        return opening.networks
    resource = opening.resource
    if resource.type == GROUP:
        return ("members of another group",)
    urn = _reference(stack, resource, SOURCE_GROUP[resource.type])
    return (f"members of {urn.rsplit('::', 1)[-1]}" if urn else "members of another group",)


def _reference(stack: Stack, resource: Resource, name: str) -> str:
    return next((group.urn for group in stack.sources(resource, name, GROUP)), "")


def _what(opening: Opening) -> str:
    if opening.all_traffic:
        return "everything"
    if opening.first is None or opening.first < 0:
        return opening.protocol
    ports = str(opening.first) if opening.first == opening.last else f"{opening.first}-{opening.last}"
    return f"{opening.protocol}/{ports}"


__all__ = ["OpeningChange", "Undecidable", "openings"]
