"""Kubernetes-style documents out of a YAML stream."""

from functools import lru_cache
from typing import cast

import yaml

from policies.properties import Properties, Value

# libyaml is many times faster; PyYAML is built without it on some platforms.
Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@lru_cache(maxsize=512)
def stream(text: str) -> tuple[dict[str, Value], ...]:
    """The mappings of a stream. A stream that is not YAML has none."""
    try:
        return tuple(
            cast("dict[str, Value]", item) for item in yaml.load_all(text, Loader=Loader) if isinstance(item, dict)
        )  # the loader is a safe one, whichever it is
    except yaml.YAMLError:
        return ()


def documents(text: str, urn: str, *kinds: str) -> tuple[Properties, ...]:
    """The documents of these kinds, or all. Their paths begin with the kind."""
    return tuple(
        Properties(values=item, urn=urn, path=str(item.get("kind", "document")))
        for item in stream(text)
        if not kinds or item.get("kind") in kinds
    )
