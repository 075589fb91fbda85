"""If a user sets only one container default, the other defaults adjust to it: minimum <= request <= limit <= maximum.

A user who only raises the limit to 4Gi expects a maximum of at least 4Gi; without this the default maximum of 2Gi
would refuse a limit that the user never meant to cap.
"""

from collections.abc import Callable, Mapping

from plan.quantities import millicores, octets
from plan.settings.namespaces import ContainerDefaults

ORDER = ("minimum", "request", "limit", "maximum")


def completed(whole: Mapping[str, object]) -> dict[str, object]:
    """The mapping, with the container defaults of every managed namespace derived from the values that are set."""
    addons = whole.get("addons")
    spaces = addons.get("namespaces") if isinstance(addons, Mapping) else None
    if not isinstance(addons, Mapping) or not isinstance(spaces, list):
        return dict(whole)
    return {**whole, "addons": {**addons, "namespaces": [_namespace(space) for space in spaces]}}


def _namespace(space: object) -> object:
    containers = space.get("containers") if isinstance(space, Mapping) else None
    if not isinstance(space, Mapping) or not isinstance(containers, Mapping):
        return space
    defaults = ContainerDefaults()
    found = dict(containers)
    for kind, read, amounts in (("cpu", millicores, defaults.cpu), ("memory", octets, defaults.memory)):
        if isinstance(given := containers.get(kind), Mapping):
            found[kind] = _amounts(given, read, {key: getattr(amounts, key) for key in ORDER})
    return {**space, "containers": found}


def _amounts(
    given: Mapping[str, object], read: Callable[[str], int | None], defaults: Mapping[str, str]
) -> dict[str, object]:
    """Defaults yield to set values: each is raised to the values before it and lowered to those after it."""
    amounts = {key: read(text) for key in ORDER if isinstance(text := given.get(key), str)}
    known = {key: amount for key, amount in amounts.items() if amount is not None}
    found: dict[str, object] = dict(given)
    for place, key in enumerate(ORDER):
        if key in given:
            continue
        least = max((k for k in ORDER[:place] if k in known), key=known.__getitem__, default=None)
        most = min((k for k in ORDER[place + 1 :] if k in known), key=known.__getitem__, default=None)
        amount = read(defaults[key]) or 0
        found[key] = defaults[key]
        if least is not None and amount < known[least]:
            found[key] = given[least]
        elif most is not None and amount > known[most]:
            found[key] = given[most]
    return found
