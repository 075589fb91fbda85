"""Registers the resources of the cases in QUORATE_CASES as one stack, each under its own type."""

import os
import sys
from pathlib import Path
from typing import Any

import pulumi

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))

from tests.policy.stacks import Entry, Secret, Unknown, together

COMPONENTS = ("quorate:index:ControlPlane", "quorate:etcd:EtcdCluster", "quorate:hosts:VirtualIp")
registered: dict[str, pulumi.Resource] = {}


def register(entry: Entry) -> pulumi.Resource:
    """A component as this program's own are; everything else as a resource of its provider."""
    inputs = {name: value(v) for name, v in entry.properties.items()}
    options = pulumi.ResourceOptions(protect=entry.protect, parent=registered.get(entry.parent))
    if entry.type in COMPONENTS:
        component = pulumi.ComponentResource(entry.type, entry.name, inputs, options)
        component.register_outputs(inputs)
        return component
    return pulumi.CustomResource(entry.type, entry.name, inputs, options)


def value(given: Any) -> Any:
    """Plain data as it is; an unknown as an output that only the update would know."""
    if isinstance(given, Unknown):
        return unknown([registered[given.source]] if given.source else [], given.text)
    if isinstance(given, Secret):
        return pulumi.Output.secret(value(given.value))
    if isinstance(given, dict):
        return {k: value(v) for k, v in given.items()}
    return [value(v) for v in given] if isinstance(given, list) else given


def unknown(sources: list[pulumi.Resource], text: str) -> pulumi.Output[Any]:
    async def of(result: Any) -> Any:
        return result

    no, known = False, not pulumi.runtime.is_dry_run()
    return pulumi.Output(of(set(sources)), of(text if known else None), of(known), of(no))


paths = [Path(path) for path in os.environ["QUORATE_CASES"].split(os.pathsep)]
pending = list(together(paths).entries)
while pending:
    entry = pending.pop(0)
    needed = {key for keys in entry.sources.values() for key in keys} | ({entry.parent} if entry.parent else set())
    if needed <= registered.keys():
        registered[entry.key] = register(entry)
    else:
        pending.append(entry)
