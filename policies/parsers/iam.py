"""Policies of AWS's identity and access management."""

import json

from policies.properties import Properties


def statements(policy: str) -> tuple[Properties, ...]:
    """Each statement of a policy's text; nothing for a text that is not a policy."""
    try:
        parsed = json.loads(policy)
    except ValueError:
        return ()
    return Properties(values=parsed, urn="", path="policy").parts("Statement") if isinstance(parsed, dict) else ()
