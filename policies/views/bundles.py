"""Files of a machine that travel inside one object or one secret: JSON with a list of paths and contents."""

import base64
import binascii
import json
from collections.abc import Iterator
from dataclasses import dataclass

from policies.parsers.packed import unpacked
from policies.resources import Resource
from policies.stack import Stack, view

OBJECTS = ("aws:s3/bucketObjectv2:BucketObjectv2", "aws:s3/bucketObject:BucketObject")
SECRET = "aws:secretsmanager/secretVersion:SecretVersion"  # noqa: S105 -- a type of resource


@dataclass(frozen=True, kw_only=True)
class Bundle:
    """`node` is the machine's name. `files` are pairs of path and content; None while the content is not known."""

    resource: Resource
    node: str
    secret: bool
    manifest: str
    files: tuple[tuple[str, str], ...] | None


@view
def bundles(stack: Stack) -> tuple[Bundle, ...]:
    """Objects that are bundles, and every secret version whose content is not known yet."""
    return (*_objects(stack), *_secrets(stack))


def _objects(stack: Stack) -> Iterator[Bundle]:
    for resource in stack.of(*OBJECTS):
        content = resource.properties.raw("content")
        if isinstance(content, str) and (found := _listed(content)) is not None:
            document = json.loads(content)
            manifest = str(document.get("manifest", ""))
            yield Bundle(resource=resource, node=_named(manifest), secret=False, manifest=manifest, files=found)


def _secrets(stack: Stack) -> Iterator[Bundle]:
    for resource in stack.of(SECRET):
        text = resource.properties.raw("secretString")
        found = _listed(text) if isinstance(text, str) else None
        yield Bundle(resource=resource, node=resource.name, secret=True, manifest="", files=found)


def _named(manifest: str) -> str:
    try:
        return str(json.loads(manifest)["node"]["name"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return ""


def _listed(text: str) -> tuple[tuple[str, str], ...] | None:
    """Paths and contents of `files`: a list, or a packed one (gzip in base64). None for anything else."""
    try:
        document = json.loads(text)
        files = document["files"]
        if isinstance(files, str):
            files = json.loads(unpacked(base64.b64decode(files, validate=True)))
        return tuple((str(entry["path"]), str(entry["content"])) for entry in files)
    except (ValueError, KeyError, TypeError, binascii.Error, RecursionError):
        return None
