"""Finds the changed files of a node, whether its resource carries them or the node fetches them from AWS."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from operations.review.change import Change, Changes, Kind
from operations.review.issued import FILES
from policies.resources import Resource
from policies.views.certificates import LEAF

NODE = "quorate:hosts:Node"
OBJECT = "aws:s3/bucketObjectv2:BucketObjectv2"
ISSUED = "aws:secretsmanager/secretVersion:SecretVersion"
OBJECT_NAME = "documents-"  # followed by the node's name: the name of an object that a node fetches
_FILE = re.compile(r'^(?:files|secrets)\["(?P<path>[^"]+)"\]')
File = Mapping[str, object]


@dataclass(frozen=True, kw_only=True)
class Told:
    """One node that stays. `files`: paths that differ, with the agent's step; manifests are parsed node.json files."""

    node: str
    files: tuple[tuple[str, str], ...]
    manifest_before: Mapping[str, object]
    manifest_after: Mapping[str, object]
    paths: tuple[str, ...]


def told(changes: Changes) -> Iterator[Told]:
    """Every node with changed files or a changed manifest, by name."""
    for change in changes.of(NODE, OBJECT):
        if change.kind in (Kind.UPDATED, Kind.REPLACED) and (
            change.type == NODE or change.name.startswith(OBJECT_NAME)
        ):
            before, after = _files(change.before), _files(change.after)
            yield Told(
                node=change.name.removeprefix(OBJECT_NAME),
                files=tuple((path, _step(before, after, path)) for path in sorted(_differing(change, before, after))),
                manifest_before=_manifest(change.before),
                manifest_after=_manifest(change.after),
                paths=change.paths if change.type == NODE else (),
            )
    for change in changes.of(ISSUED):
        if change.kind in (Kind.UPDATED, Kind.REPLACED):
            files = tuple(sorted(_issued(change.name, changes)))
            yield Told(node=change.name, files=files, manifest_before={}, manifest_after={}, paths=())


def _issued(node: str, changes: Changes) -> Iterator[tuple[str, str]]:
    """Files with a certificate that is reissued. Their keys change with them."""
    for change in changes.of(LEAF):
        name = change.name.removeprefix(f"{node}-")
        if change.kind is Kind.REPLACED and name != change.name and name in FILES:
            yield FILES[name]


def _differing(change: Change, before: Mapping[str, File], after: Mapping[str, File]) -> set[str]:
    """The paths that the provider names, or those that a comparison finds if it names none."""
    named = {match["path"] for path in change.paths if (match := _FILE.match(path))}
    if named or any("[" in path for path in change.paths):
        return named
    return {path for path in before.keys() | after.keys() if before.get(path) != after.get(path)}


def _step(before: Mapping[str, File], after: Mapping[str, File], path: str) -> str:
    return str((after.get(path) or before.get(path) or {}).get("step") or "")


def _files(resource: Resource | None) -> dict[str, File]:
    if resource is None:
        return {}
    if resource.type == OBJECT:
        listed = _parsed(resource, "content").get("files")
        found = listed if isinstance(listed, list) else []
        return {str(file.get("path")): file for file in found if isinstance(file, dict)}
    groups = [resource.properties.raw(group) for group in ("files", "secrets")]
    return {
        path: entry
        for group in groups
        if isinstance(group, dict)
        for path, entry in group.items()
        if isinstance(entry, dict)
    }


def _manifest(resource: Resource | None) -> dict[str, object]:
    if resource is None:
        return {}
    if resource.type == NODE:
        return _parsed(resource, "manifest")
    try:
        found = json.loads(str(_parsed(resource, "content").get("manifest") or "{}"))
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _parsed(resource: Resource, name: str) -> dict[str, object]:
    text = resource.properties.raw(name)
    try:
        found = json.loads(text) if isinstance(text, str) else {}
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
