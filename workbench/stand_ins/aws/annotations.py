"""Reads the annotations of the installed SDK: property names, and which of them are lists, mappings, classes."""

import importlib
import importlib.util
import json
import re
import typing
from collections.abc import Mapping, Sequence
from pathlib import Path

import pulumi._types as sdk_types  # the SDK's only reader of its own annotations

Annotation = object


def resource_classes() -> dict[str, tuple[str, str]]:
    """Package and class of every resource token, from the SDK's own list for the Pulumi runtime."""
    source = Path(_package_file()).read_text(encoding="utf-8")
    listed = re.search(r'resource_modules="""(.*?)"""', source, re.DOTALL)
    if listed is None:
        message = "the installed pulumi_aws lists no resource modules; another version than requirements.in pins?"
        raise LookupError(message)
    return {
        token: (module["fqn"], name)
        for module in json.loads(listed.group(1))
        for token, name in module["classes"].items()
    }


def of_resource(package: str, name: str) -> Mapping[str, Annotation]:
    """Properties of a resource class, by their Pulumi names."""
    found: Mapping[str, Annotation] = sdk_types.resource_types(getattr(importlib.import_module(package), name))
    return found


def of_result(package: str, name: str) -> Mapping[str, Annotation]:
    """Properties of an invoke's result."""
    return of_class(getattr(importlib.import_module(package), name))


def of_class(annotation: Annotation) -> Mapping[str, Annotation]:
    """Properties of an SDK output class; empty for any other class."""
    if isinstance(annotation, type) and sdk_types.is_output_type(annotation):
        found: Mapping[str, Annotation] = sdk_types.output_type_types(annotation)
        return found
    return {}


def bare(annotation: Annotation) -> Annotation:
    """The type without Optional, Union and Output: a list, a mapping, an SDK class or a scalar."""
    while typing.get_origin(annotation) is typing.Union:
        members = [each for each in typing.get_args(annotation) if each is not type(None)]
        classes = (each for each in members if isinstance(each, type) and each not in (str, dict))
        annotation = next(classes, members[0])
    if isinstance(annotation, type) and issubclass(annotation, str):
        return str  # also true for enums
    return annotation


def is_list(annotation: Annotation) -> bool:
    """Whether it is a list."""
    origin = typing.get_origin(annotation)
    return isinstance(origin, type) and issubclass(origin, Sequence)


def element(annotation: Annotation) -> Annotation:
    """The element type of a list or mapping, or None if it is not annotated."""
    arguments = typing.get_args(annotation)
    return bare(arguments[-1]) if arguments else None


def _package_file() -> str:
    spec = importlib.util.find_spec("pulumi_aws")
    if spec is None or spec.origin is None:
        message = "pulumi_aws is not installed; `make setup` installs it"
        raise LookupError(message)
    return spec.origin
