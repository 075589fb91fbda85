"""Finds the wanted fields that another manager owns now, from the owners that the API server records in every object.

Ownership rather than values: the server stores 100m if 0.1 was applied, which is not drift; a client that changes an
applied field takes it over (Kubernetes documentation: server-side apply, field management).
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from provider.protocol.values import Properties, Value
from workbench.stand_ins.kubernetes.objects import below, items, mapping, text

# Every object has these fields and no manager owns them; stringData is write-only and owned as data.
UNOWNED = ("apiVersion", "kind", "metadata.name", "metadata.namespace", "stringData")
ITSELF = "."  # marks an element as owned separately from its content

Owned = Mapping[str, Value]


@dataclass(frozen=True, kw_only=True)
class Drift:
    """A wanted field that another manager has changed or removed. `by` names the manager, with how and when."""

    path: str
    by: str


def seen(wanted: Properties, live: Properties, manager: str) -> tuple[Properties, tuple[Drift, ...]]:
    """The wanted fields with their current values, and those that another manager owns."""
    owners = items(live, "metadata", "managedFields")
    own = next((o for o in owners if o.get("manager") == manager and o.get("operation") == "Apply"), None)
    look = _Look([owner for owner in owners if owner is not own])
    found = look.at(wanted, live, mapping(own, "fieldsV1"), _Place())
    return dict(found) if isinstance(found, Mapping) else {}, tuple(look.drifts)


@dataclass(frozen=True, kw_only=True)
class _Place:
    """A field's path for people, and its path in fieldsV1."""

    path: str = ""
    keys: tuple[str, ...] = ()

    def below(self, key: str, path: str) -> "_Place":
        return _Place(path=path, keys=(*self.keys, key))


class _Look:
    def __init__(self, others: Sequence[Mapping[str, Value]]) -> None:
        self.drifts: list[Drift] = []
        self._others = others

    def at(self, wanted: Value, live: Value, owned: Owned | None, place: _Place) -> Value:
        """The wanted value if the field is ours, otherwise the live one."""
        if place.path in UNOWNED or wanted is None:
            return wanted
        if owned is None and not isinstance(wanted, Mapping):
            self.drifts.append(Drift(path=place.path, by=self._by(place.keys)))
            return live
        if owned is not None and not {*owned} - {ITSELF}:
            return wanted  # a plain value, or one that is owned as a whole
        if isinstance(wanted, Mapping):
            found = {key: self._field(key, value, mapping(live), owned, place) for key, value in wanted.items()}
            return {key: value for key, value in found.items() if value is not None}
        if isinstance(wanted, Sequence) and not isinstance(wanted, str):
            each = (self._element(number, one, live, owned, place) for number, one in enumerate(wanted))
            return [value for value in each if value is not None]
        return wanted

    def _field(self, name: str, wanted: Value, live: Owned, owned: Owned | None, place: _Place) -> Value:
        key = f"f:{name}"
        return self.at(wanted, live.get(name), _owned(owned, key), place.below(key, below(place.path, name)))

    def _element(self, number: int, wanted: Value, live: Value, owned: Owned | None, place: _Place) -> Value:
        """An element of a list with keys is found by its keys, at any index."""
        listed = live if isinstance(live, Sequence) and not isinstance(live, str) else ()
        key = next((k for k in (*_elements(owned or {}), *self._foreign(place.keys)) if _names(k, wanted)), "")
        found = next((each for each in listed if key and _names(key, each)), None)
        return self.at(wanted, found, _owned(owned, key), place.below(key, f"{place.path}[{number}]"))

    def _by(self, keys: Sequence[str]) -> str:
        for owner in self._others:
            if _reaches(mapping(owner, "fieldsV1"), keys):
                return f"{text(owner, 'manager')} ({text(owner, 'operation').lower()}, {text(owner, 'time')})"
        return "a manager that has removed it"

    def _foreign(self, keys: Sequence[str]) -> Iterator[str]:
        for owner in self._others:
            here = mapping(owner, "fieldsV1")
            for key in keys:
                here = mapping(here, key)
            yield from _elements(here)


def _owned(owned: Owned | None, key: str) -> Owned | None:
    return mapping(owned, key) if owned is not None and key in owned else None


def _elements(owned: Owned) -> list[str]:
    return [key for key in owned if key[:2] in {"k:", "v:"}]


def _reaches(owned: Owned, keys: Sequence[str]) -> bool:
    """Whether this manager owns the field at the end of the path, or a field that contains it as a whole."""
    here: Owned = owned
    for key in keys:
        if key not in here:
            return bool(keys) and here is not owned and not {*here} - {ITSELF}
        here = mapping(here, key)
    return True


def _names(key: str, element: Value) -> bool:
    """Whether `k:{"name":"x"}` or `v:"x"` means this element. A key that the element leaves out has its default."""
    meant: Value = json.loads(key[2:])
    if key.startswith("v:"):
        return element == meant
    if not isinstance(meant, Mapping) or not isinstance(element, Mapping):
        return False
    shared = [name for name in meant if name in element]
    return bool(shared) and all(element[name] == meant[name] for name in shared)
