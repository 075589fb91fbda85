"""What would restart, on which nodes, and because of which files."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from operations.review import effects
from operations.review.change import Change, Changes, Kind
from operations.review.effects import Effect, Impact
from policies.resources import Resource

NODE = "quorate:hosts:Node"
_FILE = re.compile(r'^(?:files|secrets)\["(?P<path>[^"]+)"\]')
# Keys of the agent's node.json with what a change of them alone does. Everything else is also in a file.
MANIFEST = {
    "hosts": Effect(process="hosts file", impact=Impact.APPLIED),
    "members": Effect(process="etcd", impact=Impact.MEMBERSHIP),
}


@dataclass(frozen=True, kw_only=True)
class Restart:
    """One program on one node. `because` are paths of files, or other words."""

    node: str
    process: str
    impact: Impact
    because: tuple[str, ...]


def restarts(changes: Changes) -> tuple[Restart, ...]:
    """Programs of nodes that stay, by node and program; only the strongest effect of each."""
    found: dict[tuple[str, str], dict[Impact, set[str]]] = {}
    for change in changes.of(NODE):
        if change.kind is not Kind.UPDATED:
            continue
        for effect, because in _effects(change):
            found.setdefault((change.name, effect.process), {}).setdefault(effect.impact, set()).add(because)
    return tuple(
        Restart(node=node, process=process, impact=max(impacts), because=tuple(sorted(impacts[max(impacts)])))
        for (node, process), impacts in sorted(found.items())
    )


def _effects(change: Change) -> Iterator[tuple[Effect, str]]:
    for path, step in _files(change):
        for effect in effects.of_file(path, step):
            yield effect, path
    for effect, why in _of_manifest(change):
        yield effect, why
    if "agent" in change.paths:
        yield (
            Effect(process="agent", impact=Impact.APPLIED),
            "another version of it; what it then does differently is not seen here",
        )
    if "drift" in change.paths:
        yield (
            Effect(process="whatever has drifted", impact=Impact.RESTART),
            "the last refresh found differences on the host",
        )
    if "generation" in change.paths:
        yield Effect(process="everything", impact=Impact.RESTART), "the machine has a new disk"


def _files(change: Change) -> Iterator[tuple[str, str]]:
    """Path and step of every file that differs; by comparison where the provider names no paths."""
    before, after = _placed(change.before), _placed(change.after)
    named = {match["path"] for path in change.paths if (match := _FILE.match(path))}
    if not named and not any("[" in path for path in change.paths):
        named = {path for path in before.keys() | after.keys() if before.get(path) != after.get(path)}
    for path in sorted(named):
        entry = after.get(path) or before.get(path) or {}
        yield path, str(entry.get("step") or "")


def _placed(resource: Resource | None) -> dict[str, Mapping[str, object]]:
    found: dict[str, Mapping[str, object]] = {}
    for group in ("files", "secrets"):
        placed = resource.properties.raw(group) if resource else None
        found |= {
            p: entry for p, entry in (placed if isinstance(placed, dict) else {}).items() if isinstance(entry, dict)
        }
    return found


def _of_manifest(change: Change) -> Iterator[tuple[Effect, str]]:
    old, new = _manifest(change.before), _manifest(change.after)
    for name in sorted(old.keys() | new.keys()):
        if old.get(name) == new.get(name):
            continue
        if name == "artifacts":
            yield from _of_programs(_digests(old.get(name)), _digests(new.get(name)))
        elif name in MANIFEST:
            yield MANIFEST[name], f"{name} in node.json"


def _of_programs(old: Mapping[str, str], new: Mapping[str, str]) -> Iterator[tuple[Effect, str]]:
    for path in sorted(old.keys() | new.keys()):
        if old.get(path) != new.get(path):
            program = path.rsplit("/", 1)[-1]
            for effect in effects.BY_PROGRAM.get(program, effects.BY_STEP["programs"]):
                yield effect, f"program {program}"


def _manifest(resource: Resource | None) -> dict[str, object]:
    text = resource.properties.raw("manifest") if resource else None
    try:
        found = json.loads(text) if isinstance(text, str) else {}
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _digests(artifacts: object) -> dict[str, str]:
    """Programs of a store by digest, or packages by version."""
    if not isinstance(artifacts, dict):
        return {}
    listed = [*(artifacts.get("digests") or ()), *(artifacts.get("packages") or ())]
    found = [one for one in listed if isinstance(one, dict)]
    return {str(one.get("path") or one.get("name")): str(one.get("sha256") or one.get("version")) for one in found}
