"""Configuration as JSON, the form in which types are judged strictly: a list is a list, and "5" is not a number."""

import json
from collections.abc import Mapping


def as_json(value: object) -> str:
    """JSON text of what a stack's configuration can hold; anything else becomes its text."""
    return json.dumps(value, default=_plain)


def _plain(value: object) -> object:
    return dict(value) if isinstance(value, Mapping) else str(value)
