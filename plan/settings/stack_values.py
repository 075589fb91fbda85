"""Converts the stack's configuration, a text for each key, to the mapping that settings are read from."""

import json
from collections.abc import Mapping

PROJECT = "quorate"
EMPTY: tuple[object, ...] = ("", [], {})  # the defaults in Pulumi.yaml: nothing was set
SECRETS = ("authorityFiles",)  # read separately, so that they never become part of the plan


def mapping(found: Mapping[str, str]) -> dict[str, object]:
    """Every key of this project, secrets left out; sections are parsed JSON."""
    given = {
        key.removeprefix(f"{PROJECT}:"): _parsed(text)
        for key, text in found.items()
        if key.startswith(f"{PROJECT}:") and key.removeprefix(f"{PROJECT}:") not in SECRETS
    }
    return {key: value for key, value in given.items() if value not in EMPTY}


def _parsed(text: str) -> object:
    try:
        value: object = json.loads(text)
    except (ValueError, RecursionError):
        return text
    return value if isinstance(value, (dict, list, bool)) else text
