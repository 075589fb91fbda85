"""Policies of AWS's identity and access management."""

import json

from policies.properties import Properties


def statements(policy: str) -> tuple[Properties, ...]:
    """What a policy's text allows and denies, one by one; nothing for a text that is no policy."""
    try:
        parsed = json.loads(policy)
    except ValueError:
        return ()
    return Properties(values=parsed, urn="", path="policy").parts("Statement") if isinstance(parsed, dict) else ()
