"""Compares two states of a node, and names differences by the user's property paths."""

from collections.abc import Iterator, Mapping

from provider.protocol.messages import Change, Difference
from provider.protocol.values import Properties, Value

PARTS = ("content", "mode", "step")
# The key's path on this computer does not affect the host, and differs between clones of the project.
LOCAL = ("privateKeyPath",)


def change(old: Properties, new: Properties, state: Properties) -> Change:
    """Every path that differs. Contents are compared but never shown; an unknown value counts as different."""
    paths: dict[str, Difference] = {}
    for name in ("name", "manifest", "generation", "agent"):
        paths.update(_compared(name, old.get(name), new.get(name)))
    before, after = _mapping(old.get("connection")), _mapping(new.get("connection"))
    for name in sorted((before.keys() | after.keys()) - set(LOCAL)):
        paths.update(_compared(f"connection.{name}", before.get(name), after.get(name)))
    for group in ("files", "secrets"):
        paths.update(_files(group, old.get(group), new.get(group)))
    if state.get("drift"):
        paths["drift"] = Difference.OUTSIDE
    return Change(paths=paths, replacing=["name"] if "name" in paths else [], delete_first=True)


def _files(group: str, old: Value, new: Value) -> Iterator[tuple[str, Difference]]:
    before, after = _mapping(old), _mapping(new)
    if not isinstance(new, Mapping) and new is not None:
        yield group, Difference.CHANGED  # not known yet
        return
    for path in sorted(before.keys() | after.keys()):
        at = f'{group}["{path}"]'
        if path not in before:
            yield at, Difference.ADDED
        elif path not in after:
            yield at, Difference.REMOVED
        elif not isinstance(after[path], Mapping):
            yield at, Difference.CHANGED
        else:
            one, other = _mapping(before[path]), _mapping(after[path])
            for part in PARTS:
                yield from _compared(f"{at}.{part}", one.get(part), other.get(part))


def _compared(path: str, old: Value, new: Value) -> Iterator[tuple[str, Difference]]:
    if old == new:
        return
    if old is None:
        yield path, Difference.ADDED
    else:
        yield path, Difference.REMOVED if new is None else Difference.CHANGED


def _mapping(value: Value) -> Mapping[str, Value]:
    return value if isinstance(value, Mapping) else {}
