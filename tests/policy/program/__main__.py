"""Registers every resource of the case in QUORATE_CASE under its own type token, without a provider."""

import os
import sys
from pathlib import Path
from typing import Any

import pulumi

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))

from tests.policy.stacks import Entry, Secret, Unknown, load

registered: dict[str, pulumi.Resource] = {}


class Registered(pulumi.ComponentResource):
    """A component, because the engine asks a pack about components as about any resource, and they need no provider."""

    def __init__(self, entry: Entry) -> None:
        inputs = {name: value(v) for name, v in entry.properties.items()}
        options = pulumi.ResourceOptions(protect=entry.protect, parent=registered.get(entry.parent))
        super().__init__(entry.type, entry.name, inputs, options)
        self.register_outputs(inputs)


def value(given: Any) -> Any:
    """Plain data as it is; an unknown as an output that only the update would know."""
    if isinstance(given, Unknown):
        return unknown([registered[given.source]] if given.source else [])
    if isinstance(given, Secret):
        return pulumi.Output.secret(value(given.value))
    if isinstance(given, dict):
        return {k: value(v) for k, v in given.items()}
    return [value(v) for v in given] if isinstance(given, list) else given


def unknown(sources: list[pulumi.Resource]) -> pulumi.Output[Any]:
    async def of(result: Any) -> Any:
        return result

    return pulumi.Output(of(set(sources)), of(None), of(False), of(False))


pending = list(load(Path(os.environ["QUORATE_CASE"])).entries)
while pending:
    entry = pending.pop(0)
    needed = {key for keys in entry.sources.values() for key in keys} | ({entry.parent} if entry.parent else set())
    if needed <= registered.keys():
        registered[entry.key] = Registered(entry)
    else:
        pending.append(entry)
