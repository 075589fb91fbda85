"""A good site as a user would write it, and what is said when one thing in it changes."""

import copy
from collections.abc import Mapping
from typing import TypeAlias

from plan import Refusal, Refused
from plan.loading.configuration import read
from plan.settings import Settings

Given: TypeAlias = Mapping[str, object]

SITE: Given = {
    "preset": "prod",
    "cluster": "north",
    "nodes": [{"name": f"cp{i}", "address": f"10.1.0.{10 + i}", "failureDomain": f"room-{i}"} for i in (1, 2, 3)],
    "network": {"hosts": "10.1.0.0/24", "gateway": "10.1.0.1"},
    "endpoint": {"name": "api.north.example.com", "virtualIp": {"address": "10.1.0.10"}},
    "ssh": {"privateKeyPath": "key"},
}
ABSENT = ...


def site(changes: Given | None = None) -> dict[str, object]:
    """The good site with values set at paths such as `nodes.1.address`; ABSENT removes what is there."""
    result = copy.deepcopy(dict(SITE))
    for path, value in copy.deepcopy(dict(changes or {})).items():
        *sections, key = path.split(".")
        place: object = result
        for section in sections:
            place = place[int(section)] if isinstance(place, list) else _section(place, section)
        if isinstance(place, list):
            place[int(key)] = value
        elif isinstance(place, dict) and value is ABSENT:
            place.pop(key, None)
        elif isinstance(place, dict):
            place[key] = value
    return result


def _section(place: object, key: str) -> object:
    assert isinstance(place, dict)
    return place.setdefault(key, {})


def nodes(count: int, *, domains: int | None = None) -> list[Given]:
    """Nodes cp1, cp2 ... with addresses in the good site's network, spread over as many domains as given."""
    return [
        {"name": f"cp{i + 1}", "address": f"10.1.0.{11 + i}", "failureDomain": f"room-{i % (domains or count) + 1}"}
        for i in range(count)
    ]


def settings(changes: Given | None = None) -> Settings:
    """The settings of the changed site, which must be accepted."""
    return read(site(changes))


def refusals(changes: Given) -> tuple[Refusal, ...]:
    """Everything that is said against the changed site; nothing if it is accepted."""
    try:
        read(site(changes))
    except Refused as refused:
        return refused.refusals
    return ()


def refusal(changes: Given) -> Refusal:
    """The one thing that is said against the changed site: one mistake makes one problem."""
    found = refusals(changes)
    assert len(found) == 1, [str(one) for one in found]
    return found[0]
