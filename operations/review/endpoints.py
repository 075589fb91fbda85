"""Finds changes to how clients reach the API: names, ports, addresses, balancers."""

from collections.abc import Iterator
from dataclasses import dataclass

from operations.review.change import Change, Changes, Kind
from policies.properties import Unknown
from policies.resources import Resource
from policies.views.control_planes import TYPE as CONTROL_PLANE
from policies.views.load_balancers import BALANCERS, LISTENERS
from policies.views.records import RECORD
from policies.views.targets import GROUPS

VIRTUAL_IP = "quorate:hosts:VirtualIp"
# Properties that lead clients to the API, by type, with their descriptions.
LEADING = {
    VIRTUAL_IP: {
        "interface": "interface of the address",
        "routerId": "VRRP router id",
        "balancer": "balancer on the hosts",
        "nodes": "nodes behind it",
    },
    RECORD: {"name": "record", "type": "type", "records": "leads to", "aliases": "leads to"},
    **{type_: {"port": "listener's port", "protocol": "listener's protocol"} for type_ in LISTENERS},
    **{type_: {"port": "targets' port", "protocol": "protocol", "healthCheck": "health check"} for type_ in GROUPS},
    **{type_: {"internal": "internal", "subnets": "subnets", "loadBalancerType": "kind"} for type_ in BALANCERS},
}
LONGEST = 60
ISSUERS = "issuers of service-account tokens"


@dataclass(frozen=True, kw_only=True)
class EndpointChange:
    """One property of one endpoint; `before` and `after` are display texts, '' for nothing."""

    where: str
    what: str
    before: str
    after: str


def endpoints(changes: Changes) -> Iterator[EndpointChange]:
    """The changes that clients would notice, by resource."""
    for change in changes.of(CONTROL_PLANE):
        yield from _of_control_plane(change)
    for change in changes.of(*LEADING):
        if change.kind is Kind.SAME:
            continue
        kind = change.type.rsplit(":", 1)[-1]
        where = f"{kind} {change.name}"
        if change.kind is not Kind.UPDATED:
            names = {Kind.ADDED: ("", "new"), Kind.REMOVED: ("there", "gone"), Kind.REPLACED: ("there", "another one")}
            yield EndpointChange(
                where=where, what=_speaking(kind), before=names[change.kind][0], after=names[change.kind][1]
            )
        for name, words in LEADING[change.type].items():
            yield from _compared(where, words, _value(change.before, name), _value(change.after, name), change.kind)


def _of_control_plane(change: Change) -> Iterator[EndpointChange]:
    old, new = (_endpoint(resource) for resource in (change.before, change.after))
    for part in ("name", "port", "address"):
        yield from _compared(f"cluster {change.name}", part, _shown(old.get(part)), _shown(new.get(part)), Kind.UPDATED)
    before, after = (", ".join(_issuers(resource)) for resource in (change.before, change.after))
    yield from _compared(f"cluster {change.name}", ISSUERS, before, after, Kind.UPDATED)


def refused_tokens(change: EndpointChange) -> bool:
    """Whether a change of the issuers leaves tokens that an API server refuses: the first signs, all are accepted."""
    before, after = change.before.split(", "), change.after.split(", ")
    return change.what == ISSUERS and (after[0] not in before or before[0] not in after)


def _issuers(resource: Resource | None) -> list[str]:
    """Those that are set, otherwise the endpoint's URL, as in states of before there was a setting."""
    found = resource.properties.raw("serviceAccountIssuers") if resource else None
    if isinstance(found, list):
        return [str(one) for one in found]
    endpoint = _endpoint(resource)
    return [f"https://{endpoint['name']}:{_shown(endpoint['port'])}"] if {"name", "port"} <= endpoint.keys() else []


def _endpoint(resource: Resource | None) -> dict[str, object]:
    found = resource.properties.raw("endpoint") if resource else None
    return dict(found) if isinstance(found, dict) else {}


def _compared(where: str, what: str, before: str, after: str, kind: Kind) -> Iterator[EndpointChange]:
    if before != after and (kind in (Kind.UPDATED, Kind.REPLACED)):
        yield EndpointChange(where=where, what=what, before=before, after=after)


def _value(resource: Resource | None, name: str) -> str:
    return _shown(resource.properties.raw(name)) if resource else ""


def _shown(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, Unknown):
        return "known after the update"
    if isinstance(value, list):
        return ", ".join(_shown(one) for one in value)
    if isinstance(value, dict):
        return ", ".join(f"{key} {_shown(one)}" for key, one in sorted(value.items()) if one not in (None, "", False))
    text = str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


def _speaking(kind: str) -> str:
    return "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in kind).strip()
