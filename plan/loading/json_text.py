"""Plain data as JSON, which pydantic checks strictly: a list is a list, and "5" is not a number."""

import json


def as_json(value: object) -> str:
    """JSON text of what `plan.loading.plain` returns."""
    return json.dumps(value)
