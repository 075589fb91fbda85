"""Reads the stack's configuration for the program; no component reads it."""

import json
from collections.abc import Mapping

import pulumi
import pulumi.runtime
from pulumi.runtime.config import is_config_secret

from components.authorities import Provided
from plan.settings.stack_values import PROJECT, mapping
from plan.validation.authorities import AuthorityFiles

AWS = "aws:"  # the official provider's own prefix


def settings_mapping() -> dict[str, object]:
    """Every key of this project in the stack's configuration, without secrets; sections are parsed JSON."""
    return mapping(pulumi.runtime.get_config_env())


def authority_files() -> AuthorityFiles | None:
    """The operator's authorities as plain text, or None; the plan checks them before anything is created."""
    text = pulumi.runtime.get_config_env().get(f"{PROJECT}:authorityFiles")
    if not text:
        return None
    try:
        found: object = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, Mapping) else {}


def provided_authorities() -> Provided | None:
    """The same as `authority_files`, but as secrets for resources. The plan has already accepted them."""
    names = authority_files()
    files = pulumi.Config(PROJECT).get_secret_object("authorityFiles") if names else None
    if names is None or files is None:
        return None
    return {name: {part: files[name][part] for part in ("certificate", "key")} for name in names}


def aws_access() -> Mapping[str, pulumi.Input[str]]:
    """Keys under `aws:` without that prefix: a profile, a role to assume, endpoints of another AWS.

    A key that is secret in the stack's configuration stays a secret.
    """
    return {
        key.removeprefix(AWS): pulumi.Output.secret(text) if is_config_secret(key) else text
        for key, text in pulumi.runtime.get_config_env().items()
        if key.startswith(AWS)
    }
