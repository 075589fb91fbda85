"""What a machine gets after its first boot from the same stack: objects of S3, parameters and documents of SSM."""

import re
from collections.abc import Iterable, Iterator, Mapping

from policies.parsers.first_boot import first_boot
from policies.parsers.yaml_documents import stream
from policies.parsers.yaml_values import Unreadable
from policies.properties import Value
from policies.resources import Resource
from policies.stack import Stack, view
from policies.views.hosts import File

OBJECTS = ("aws:s3/bucketObject:BucketObject", "aws:s3/bucketObjectv2:BucketObjectv2")
PARAMETER = "aws:ssm/parameter:Parameter"
DOCUMENT = "aws:ssm/document:Document"
ASSOCIATION = "aws:ssm/association:Association"
_URL = re.compile(r"s3://[a-z0-9][a-z0-9.-]{1,62}/[^\s\"'`;|&<>()]{1,1024}")
_PARAMETER = re.compile(r"ssm[ \t]+get-parameters?\b[^\n;|&]{0,400}?--names?[ =][\"']?([\w./-]{1,1011})")


def fetched(stack: Stack, resource: Resource, texts: Iterable[str]) -> dict[str, File]:
    """Files of one machine: what its texts fetch from the stack, and what SSM runs on it."""
    found: dict[str, File] = {}
    for text in texts:
        named = [*_URL.findall(text)] if "s3://" in text else []
        named += [f"ssm:{name}" for name in _PARAMETER.findall(text)] if "get-parameter" in text else []
        for name in named:
            if name in _stored(stack) and name not in found:
                _take(found, name, _stored(stack)[name])
    for name, script in _run(stack).get(resource.urn, ()):
        _take(found, name, script)
    return found


def _take(found: dict[str, File], name: str, text: str) -> None:
    """A script with the files that it writes, or another text as it is."""
    boot = first_boot(text)
    scripted = text.startswith("#!") or bool(boot.files)
    found[name] = File(path=name, content="\n".join(boot.commands) if scripted else text, secret=False)
    for path, content in boot.files.items() if scripted else ():
        found[path] = File(path=path, content=content, secret=False)


@view
def _stored(stack: Stack) -> Mapping[str, str]:
    """Known texts of the stack's objects and plain parameters, by the name with which a machine fetches them."""
    found: dict[str, str] = {}
    for item in stack.of(*OBJECTS):
        content, key = _known(item, "content"), _known(item, "key")
        buckets = {_known(item, "bucket"), *(_known(bucket, "bucket") for bucket in stack.sources(item, "bucket"))}
        found |= {f"s3://{bucket}/{key}": content for bucket in buckets if bucket and key and content}
    for item in stack.of(PARAMETER):
        name, value = _known(item, "name"), _known(item, "value")
        if name and value and not item.properties.is_secret("value"):
            found[f"ssm:{name}"] = value
    return found


@view
def _run(stack: Stack) -> Mapping[str, tuple[tuple[str, str], ...]]:
    """Names and texts of the scripts that SSM runs, by the URN of the machine."""
    documents = {name: item for item in stack.of(DOCUMENT) if (name := _known(item, "name"))}
    found: dict[str, tuple[tuple[str, str], ...]] = {}
    for association in stack.of(ASSOCIATION):
        named = documents.get(_known(association, "name"))
        for document in stack.sources(association, "name", DOCUMENT) or ([named] if named else []):
            script = "\n".join(_commands(_known(document, "content")))
            if script:
                for machine in _targets(stack, association):
                    found[machine] = (*found.get(machine, ()), (f"document {document.name}", f"#!/bin/sh\n{script}"))
    return found


def _targets(stack: Stack, association: Resource) -> set[str]:
    """Machines by their ids, or by a tag."""
    found = {source.urn for name in ("targets", "instanceId") for source in stack.sources(association, name)}
    targets = association.properties.raw("targets")
    for target in targets if isinstance(targets, list) else ():
        key, values = (target.get("key"), target.get("values")) if isinstance(target, dict) else ("", None)
        if isinstance(key, str) and key.startswith("tag:") and isinstance(values, list):
            found |= {r.urn for r in stack.resources if _tag(r, key.removeprefix("tag:")) in values}
    return found


def _tag(resource: Resource, name: str) -> str | None:
    tags = resource.properties.raw("tags")
    value = tags.get(name) if isinstance(tags, dict) else None
    return value if isinstance(value, str) else None


def _commands(content: str) -> Iterator[str]:
    """Lines of the shell scripts in an SSM document (AWS documentation: aws:runShellScript)."""
    try:
        documents = stream(content)
    except Unreadable:
        return
    for document in documents:
        steps: list[Value] = [*_list(document.get("mainSteps"))]
        properties = document.get("runtimeConfig")
        old = properties.get("aws:runShellScript") if isinstance(properties, dict) else None
        steps += _list(old.get("properties")) if isinstance(old, dict) else []
        for step in steps:
            inputs = step.get("inputs", step) if isinstance(step, dict) else None
            lines = inputs.get("runCommand") if isinstance(inputs, dict) else None
            yield from (line for line in _list(lines) if isinstance(line, str))


def _list(value: Value) -> list[Value]:
    return value if isinstance(value, list) else []


def _known(resource: Resource, name: str) -> str:
    value = resource.properties.raw(name)
    return value if isinstance(value, str) else ""
