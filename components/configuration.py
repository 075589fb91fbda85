"""The stack's configuration as the mapping that the settings are read from."""

import json
from collections.abc import Mapping

import pulumi
import pulumi.runtime

from components.authorities import Provided

PROJECT = "quorate"
EMPTY: tuple[object, ...] = ("", [], {})  # the defaults in Pulumi.yaml: nothing was said
SECRETS = ("authorityFiles",)  # read apart, so that they never become part of the plan


def settings_mapping() -> dict[str, object]:
    """Every key of this project in the stack's configuration, secrets left out; sections are parsed JSON."""
    found: Mapping[str, str] = pulumi.runtime.get_config_env()
    given = {
        key.removeprefix(f"{PROJECT}:"): _parsed(text)
        for key, text in found.items()
        if key.startswith(f"{PROJECT}:") and key.removeprefix(f"{PROJECT}:") not in SECRETS
    }
    return {key: value for key, value in given.items() if value not in EMPTY}


def provided_authorities() -> Provided | None:
    """The operator's own authorities: secret texts by authority name, or None."""
    files = pulumi.Config(PROJECT).get_secret_object("authorityFiles")
    if files is None:
        return None
    names = json.loads(pulumi.runtime.get_config_env()[f"{PROJECT}:authorityFiles"])
    return {name: {part: files[name][part] for part in ("certificate", "key")} for name in names}


def _parsed(text: str) -> object:
    try:
        value: object = json.loads(text)
    except ValueError:
        return text
    return value if isinstance(value, (dict, list, bool)) else text
