"""Kubernetes-style documents from YAML or JSON, read once, within limits, with the line of every key."""

import json
from functools import lru_cache

import yaml

from policies.parsers.limits import DIGITS, DOCUMENT, PURE_DOCUMENT
from policies.parsers.yaml_values import Budget, Builder, Unreadable
from policies.properties import Properties, Value

# The C parser is many times faster; PyYAML is built without it on some platforms. Only the events are used: PyYAML's
# own constructor recurses in C and crashes the process on a deep document.
FAST = hasattr(yaml, "CSafeLoader")
Loader = yaml.CSafeLoader if FAST else yaml.SafeLoader


def values(text: str) -> tuple[Value, ...]:
    """All documents of a text. Raises `Unreadable`."""
    found, problem = _read(text)
    if problem:
        raise Unreadable(problem)
    return found


def stream(text: str) -> tuple[dict[str, Value], ...]:
    """The mappings of a stream. Raises `Unreadable`."""
    return tuple(item for item in values(text) if isinstance(item, dict))


def documents(text: str, urn: str, *kinds: str) -> tuple[Properties, ...]:
    """The documents of these kinds, or all. Their paths begin with the kind."""
    return tuple(
        Properties(values=item, urn=urn, path=str(item.get("kind", "document")))
        for item in stream(text)
        if not kinds or item.get("kind") in kinds
    )


@lru_cache(maxsize=2048)  # all rules of a run, and both kinds of request, share one parse of each document
def _read(text: str) -> tuple[tuple[Value, ...], str]:
    limit = DOCUMENT if FAST else PURE_DOCUMENT
    if len(text) > limit:
        return (), f"it has {len(text)} characters, more than {limit}"
    try:
        if text.lstrip()[:1] in ("{", "["):
            try:
                return (Budget().plain(_json(text), 0),), ""
            except ValueError as error:
                if isinstance(error, Unreadable):
                    raise
        return tuple(Builder().documents(yaml.parse(text, Loader=Loader))), ""
    except Unreadable as error:
        return (), str(error)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        # YAML's own message quotes the text around the place, and the text may be a secret.
        return (), f"it is not YAML at {f'line {mark.line + 1}' if mark else 'an unknown place'}"
    except (ValueError, RecursionError, OverflowError):
        return (), "it is neither YAML nor JSON"


def _json(text: str) -> Value:
    whole = lambda digits: int(digits) if len(digits) <= DIGITS else digits  # noqa: E731 -- an argument
    found: Value = json.loads(text, parse_int=whole, parse_constant=str)
    return found
