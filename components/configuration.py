"""The stack's configuration as the mapping that the settings are read from."""

import json

import pulumi
import pulumi.runtime

from components.authorities import Provided
from plan.settings.stack_values import PROJECT, mapping


def settings_mapping() -> dict[str, object]:
    """Every key of this project in the stack's configuration, secrets left out; sections are parsed JSON."""
    return mapping(pulumi.runtime.get_config_env())


def provided_authorities() -> Provided | None:
    """The operator's own authorities: secret texts by authority name, or None."""
    files = pulumi.Config(PROJECT).get_secret_object("authorityFiles")
    if files is None:
        return None
    names = json.loads(pulumi.runtime.get_config_env()[f"{PROJECT}:authorityFiles"])
    return {name: {part: files[name][part] for part in ("certificate", "key")} for name in names}
