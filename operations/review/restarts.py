"""Finds the programs that would restart, on which nodes and because of which files."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from operations.review import effects
from operations.review.change import Changes
from operations.review.effects import Effect, Impact
from operations.review.file_changes import Told, told
from operations.review.members import Membership

# Keys of the agent's node.json with the effect of changing only them. All other values are also in a file.
MANIFEST = {
    "hosts": Effect(process="hosts file", impact=Impact.APPLIED),
    "members": Effect(process="etcd", impact=Impact.MEMBERSHIP),
}
# Other properties of the node resource, with the effect of a change.
OTHERS = {
    "agent": (
        Effect(process="agent", impact=Impact.APPLIED),
        "another version; its differences are not analysed",
    ),
    "drift": (
        Effect(process="drift", impact=Impact.RESTART),
        "the last refresh found drift on the host",
    ),
    "generation": (Effect(process="everything", impact=Impact.RESTART), "the machine has a new disk"),
}


@dataclass(frozen=True, kw_only=True)
class Restart:
    """One program on one node. `because`: paths of files, or other reasons."""

    node: str
    process: str
    impact: Impact
    because: tuple[str, ...]


def restarts(changes: Changes, clusters: tuple[Membership, ...]) -> tuple[Restart, ...]:
    """The effects on nodes that stay, by node and program; only the strongest effect of each."""
    found: dict[tuple[str, str], dict[Impact, set[str]]] = {}
    for one in told(changes):
        for effect, because in _effects(one):
            found.setdefault((one.node, effect.process), {}).setdefault(effect.impact, set()).add(because)
    for name in (name for members in clusters for name in members.replaced):
        found[name, "everything"] = {Impact.RESTART: {"the machine is replaced"}}
    return tuple(
        Restart(node=node, process=process, impact=max(impacts), because=tuple(sorted(impacts[max(impacts)])))
        for (node, process), impacts in sorted(found.items())
    )


def _effects(one: Told) -> Iterator[tuple[Effect, str]]:
    for path, step in one.files:
        for effect in effects.of_file(path, step):
            yield effect, path
    old, new = one.manifest_before, one.manifest_after
    for name in sorted(old.keys() | new.keys()):
        if old.get(name) != new.get(name) and name in MANIFEST:
            yield MANIFEST[name], f"{name} in node.json"
    yield from _of_programs(_digests(old.get("artifacts")), _digests(new.get("artifacts")))
    for name in OTHERS.keys() & set(one.paths):
        yield OTHERS[name]


def _of_programs(old: Mapping[str, str], new: Mapping[str, str]) -> Iterator[tuple[Effect, str]]:
    for path in sorted(old.keys() | new.keys()):
        if old.get(path) != new.get(path):
            program = path.rsplit("/", 1)[-1]
            for effect in effects.BY_PROGRAM.get(program, effects.BY_STEP["programs"]):
                yield effect, f"program {program}"


def _digests(artifacts: object) -> dict[str, str]:
    """The store's programs by digest, or the packages by version."""
    if not isinstance(artifacts, dict):
        return {}
    listed = [*(artifacts.get("digests") or ()), *(artifacts.get("packages") or ())]
    found = [one for one in listed if isinstance(one, dict)]
    return {str(one.get("path") or one.get("name")): str(one.get("sha256") or one.get("version")) for one in found}
