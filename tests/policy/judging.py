"""Judge a stack in this process, with or without a configuration."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from policies.configuration import Configuration
from policies.evaluation import Finding, judge
from policies.properties import UNKNOWN, Properties
from policies.resources import Resource
from policies.rule import Rule
from policies.rules import RULES
from policies.stack import Stack
from tests.policy.stacks import Case, Entry, Secret, Unknown

TODAY = date(2026, 11, 20)


def urn(case: Case, entry: Entry) -> str:
    return f"urn:pulumi:{case.stack}::quorate::{entry.type}::{entry.name}"


def resources(case: Case) -> tuple[Resource, ...]:
    """The case's resources as rules see them."""
    urns = {entry.key: urn(case, entry) for entry in case.entries}
    if len(set(urns.values())) != len(urns):
        raise AssertionError(f"{case.name}: two resources share a URN")
    return tuple(_resource(entry, urns) for entry in case.entries)


def _resource(entry: Entry, urns: Mapping[str, str]) -> Resource:
    secrets: set[str] = set()
    values = {name: _plain(value, name, secrets) for name, value in entry.properties.items()}
    return Resource(
        type=entry.type,
        name=entry.name,
        urn=urns[entry.key],
        properties=Properties(values=values, urn=urns[entry.key], secrets=frozenset(secrets)),
        parent=urns.get(entry.parent, ""),
        protect=entry.protect,
        property_depends={
            name: frozenset(urns[key] for key in keys if key in urns) for name, keys in entry.sources.items()
        },
    )


def _plain(value: Any, path: str, secrets: set[str]) -> Any:
    if isinstance(value, Unknown):
        return UNKNOWN
    if isinstance(value, Secret):
        secrets.add(path)
        return _plain(value.value, path, secrets)
    if isinstance(value, dict):
        return {k: _plain(v, f"{path}.{k}", secrets) for k, v in value.items()}
    return [_plain(v, f"{path}[{n}]", secrets) for n, v in enumerate(value)] if isinstance(value, list) else value


def findings(
    case: Case,
    configuration: Configuration | None = None,
    *,
    rules: Iterable[Rule] = RULES,
    today: date = TODAY,
    tags: Mapping[str, str] | None = None,
) -> list[Finding]:
    """What the pack finds in a case."""
    return judge_resources(resources(case), configuration, rules=rules, today=today, tags=tags)


def judge_resources(
    everything: tuple[Resource, ...],
    configuration: Configuration | None = None,
    *,
    rules: Iterable[Rule] = RULES,
    today: date = TODAY,
    tags: Mapping[str, str] | None = None,
) -> list[Finding]:
    """What the pack finds at the end of a preview."""
    return list(judge(Stack(everything, tags=tags), tuple(rules), configuration or {}, today))
