"""Stacks as data: YAML lists of resources, and cases that are another stack with one thing changed.

    from: hosts                      # a file of good/ to start from
    stack: prod                      # name of the stack; default: test
    nodes: [{name: cp1, ...}]        # a resource whose name has <name> in it is there once for each node
    resources:                       # name: type, properties, protect, parent
    remove: [cp1-*]                  # names of resources that go
    edit: [{in: cp*, at: files./etc/x.content, find: old, put: new}]   # text inside a property

A mapping under `resources` is merged into the one it came from; null takes a property away. `${cp1.id}` as a whole
value stands for another resource's output: not known in a preview, and the property depends on that resource.
`!secret` and `!unknown` say so; `!made {of: cp1, text: ...}` also says what the value will be. What follows @ in a name
only tells resources of different types apart.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Any, cast

import yaml

HERE = Path(__file__).parent
GOOD, BAD = HERE / "good", HERE / "bad"


class Unknown:
    """A value that only the update will know, perhaps made of another resource's output; `text` is what it will be."""

    def __init__(self, source: str = "", text: str = "known at last") -> None:
        self.source = source
        self.text = text


@dataclass(frozen=True)
class Secret:
    value: Any


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One resource. `key` is its name in the file, `sources` maps a property to the keys it is made of."""

    key: str
    name: str
    type: str
    properties: dict[str, Any]
    protect: bool = False
    parent: str = ""
    sources: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Case:
    """A stack. In bad/ it also says which rule refuses it, where, and with which words."""

    name: str
    stack: str
    entries: tuple[Entry, ...]
    rule: str = ""
    where: str = ""
    says: str = ""
    also: tuple[str, ...] = ()
    advised: tuple[str, ...] = ()
    remedied: bool = False
    title: str = ""


class Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]  # libyaml where it is built in
    pass


def _secret(loader: yaml.SafeLoader, node: yaml.Node) -> Secret:
    if isinstance(node, yaml.ScalarNode):
        return Secret(loader.construct_scalar(node))
    if isinstance(node, yaml.SequenceNode):
        return Secret(loader.construct_sequence(node, deep=True))
    return Secret(loader.construct_mapping(cast("yaml.MappingNode", node), deep=True))


Loader.add_constructor("!secret", _secret)


def _made(loader: yaml.SafeLoader, node: yaml.Node) -> Secret:
    said = loader.construct_mapping(cast("yaml.MappingNode", node), deep=True)
    return Secret(Unknown(said["of"], said["text"]))


Loader.add_constructor("!made", _made)
Loader.add_constructor("!unknown", lambda _loader, _node: Unknown())


def bad_cases() -> list[Path]:
    return sorted(BAD.glob("*.yaml"))


def good_stacks() -> list[Path]:
    return sorted(GOOD.glob("*.yaml"))


def load(path: Path) -> Case:
    """Read a stack, its `from` first."""
    document = _document(path)
    return Case(
        name=path.stem,
        stack=str(document.get("stack", "test")),
        entries=tuple(_entries(document)),
        rule=document.get("rule", ""),
        where=document.get("where", ""),
        says=document.get("says", ""),
        also=tuple(document.get("also", ())),
        advised=tuple(document.get("advised", ())),
        remedied=bool(document.get("remedied", False)),
        title=document.get("title", ""),
    )


def together(paths: Sequence[Path]) -> Case:
    """One stack with everything wrong that these cases have wrong. Raises AssertionError where they are at odds."""
    if len(paths) == 1:
        return load(paths[0])
    changes = [_read(path) for path in paths]
    if len({change.get("from") for change in changes}) > 1 or "from" not in changes[0]:
        raise AssertionError("these cases do not start from one stack")
    document = _document(GOOD / f"{changes[0]['from']}.yaml")
    for path, change in zip(paths, changes, strict=True):
        document = _changed(document, change, path.name)
    return Case(
        name="+".join(path.stem for path in paths), stack=str(document["stack"]), entries=tuple(_entries(document))
    )


@cache
def _read(path: Path) -> dict[str, Any]:
    document: dict[str, Any] = yaml.load(path.read_text(), Loader=Loader)  # noqa: S506 -- a subclass of SafeLoader
    return document


@cache
def _document(path: Path) -> dict[str, Any]:
    own = _read(path)
    if "from" not in own:
        return {**own, "resources": _expanded(own)}
    return _changed(_document(GOOD / f"{own['from']}.yaml"), own, path.name)


def _changed(base: dict[str, Any], own: dict[str, Any], case: str) -> dict[str, Any]:
    nodes = own.get("nodes", base.get("nodes", []))
    resources = dict(base["resources"])
    for pattern in own.get("remove", ()):
        resources = {name: value for name, value in resources.items() if not fnmatchcase(name, pattern)}
    for name, change in _expanded({"nodes": nodes, "resources": own.get("resources", {})}).items():
        resources[name] = _merged(resources.get(name, {}), change)
    for edit in own.get("edit", ()):
        found = [name for name in resources if fnmatchcase(name, edit["in"])]
        if not found:
            raise AssertionError(f"{case}: no resource is called {edit['in']}")
        for name in found:
            resources[name] = _edited(resources[name], edit, case)
    return {**base, **own, "resources": resources}


def _expanded(document: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in (document.get("resources") or {}).items():
        for node in document["nodes"] if "<name>" in name else [{}]:
            found[_filled(name, node)] = _filled(value, node)
    return found


def _filled(value: Any, node: Mapping[str, Any]) -> Any:
    if isinstance(value, str):
        for key, text in node.items():
            value = value.replace(f"<{key}>", str(text))
        return value
    if isinstance(value, Secret):
        return Secret(_filled(value.value, node))
    if isinstance(value, dict):
        return {_filled(k, node): _filled(v, node) for k, v in value.items()}
    return [_filled(v, node) for v in value] if isinstance(value, list) else value


def _merged(old: Any, new: Any) -> Any:
    if not isinstance(old, dict) or not isinstance(new, dict):
        return new
    together = {**old, **{k: _merged(old.get(k), v) for k, v in new.items()}}
    return {k: v for k, v in together.items() if v is not None}


def _edited(resource: dict[str, Any], edit: Mapping[str, str], case: str) -> dict[str, Any]:
    """The resource with a text replaced everywhere below `at`, which is dotted (names may have dots in them)."""

    def replaced(value: Any) -> Any:
        if isinstance(value, str):
            return value.replace(edit["find"], edit["put"])
        if isinstance(value, dict):
            return {k: replaced(v) for k, v in value.items()}
        return [replaced(v) for v in value] if isinstance(value, list) else value

    def change(value: Any, at: str) -> Any:
        if isinstance(value, Secret):
            return Secret(change(value.value, at))
        if not at:
            changed = replaced(value)
            if changed == value:
                raise AssertionError(f"{case}: {edit['find']!r} is not in {edit['at']}")
            return changed
        for key in value:
            if at == key or at.startswith(f"{key}."):
                return {**value, key: change(value[key], at[len(key) + 1 :])}
        raise AssertionError(f"{case}: there is no {at} in {sorted(value)}")

    return {**resource, "properties": change(resource["properties"], edit["at"])}


def _entries(document: Mapping[str, Any]) -> Iterator[Entry]:
    for name, value in document["resources"].items():
        if "type" not in value:
            raise AssertionError(f"{name} is changed, but there is no such resource")
        properties = {k: _referring(v) for k, v in (value.get("properties") or {}).items()}
        yield Entry(
            key=name,
            name=name.split("@")[0],
            type=value["type"],
            properties=properties,
            protect=bool(value.get("protect", False)),
            parent=value.get("parent", ""),
            sources={k: tuple(dict.fromkeys(_sources(v))) for k, v in properties.items()},
        )


def _referring(value: Any) -> Any:
    if isinstance(value, str) and value.startswith("${") and value.endswith("}"):
        return Unknown(value[2:-1].rpartition(".")[0])
    if isinstance(value, Secret):
        return Secret(_referring(value.value))
    if isinstance(value, dict):
        return {k: _referring(v) for k, v in value.items()}
    return [_referring(v) for v in value] if isinstance(value, list) else value


def _sources(value: Any) -> Iterator[str]:
    if isinstance(value, Unknown):
        yield from [value.source] if value.source else []
    elif isinstance(value, Secret):
        yield from _sources(value.value)
    elif isinstance(value, dict):
        for item in value.values():
            yield from _sources(item)
    elif isinstance(value, list):
        for item in value:
            yield from _sources(item)
