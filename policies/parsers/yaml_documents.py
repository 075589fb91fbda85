"""Kubernetes-style documents out of a YAML stream."""

from functools import lru_cache
from typing import cast

import yaml

from policies.properties import Properties, Value

# libyaml is many times faster; PyYAML is built without it on some platforms.
Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class Unreadable(ValueError):
    """A document is not what it says it is. The message names the place in the text, never the text."""


@lru_cache(maxsize=512)
def stream(text: str) -> tuple[dict[str, Value], ...]:
    """The mappings of a stream. Raises `Unreadable`."""
    try:
        return tuple(
            cast("dict[str, Value]", item) for item in yaml.load_all(text, Loader=Loader) if isinstance(item, dict)
        )  # the loader is a safe one, whichever it is
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        # YAML's own message quotes the text around the place, and the text may be a secret.
        where = f"line {mark.line + 1}, column {mark.column + 1}" if mark else "an unknown place"
        raise Unreadable(f"it is not YAML at {where}") from None


def documents(text: str, urn: str, *kinds: str) -> tuple[Properties, ...]:
    """The documents of these kinds, or all. Their paths begin with the kind."""
    return tuple(
        Properties(values=item, urn=urn, path=str(item.get("kind", "document")))
        for item in stream(text)
        if not kinds or item.get("kind") in kinds
    )
