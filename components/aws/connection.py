"""How an environment reaches AWS: settings of the official provider, which the program passes."""

import json
from collections.abc import Mapping

import pulumi

# Settings of the official provider by its own names; nested ones are JSON text, as in a stack's configuration.
ProviderSettings = Mapping[str, pulumi.Input[str]]
Connection = dict[str, str]
PLAIN = ("profile", "assumeRoles", "endpoints")  # never secrets: the project's own provider reads them in a preview


def connection(given: ProviderSettings) -> Connection:
    """`profile`, `role` to assume, and endpoints by service if the program names them; never credentials.

    Raises TypeError if one of them is an output.
    """
    texts = {name: _text(name, given[name]) for name in PLAIN if name in given}
    found: Connection = {}
    if profile := texts.get("profile"):
        found["profile"] = profile
    for role in json.loads(texts.get("assumeRoles") or "[]"):
        found["role"] = role["roleArn"]
    for endpoints in json.loads(texts.get("endpoints") or "[]"):
        found |= {service: endpoints[service] for service in ("elbv2", "s3") if service in endpoints}
    return found


def _text(name: str, value: pulumi.Input[str]) -> str:
    if not isinstance(value, str):
        raise TypeError(f"the AWS setting {name} must be plain text: waits and checks read it in a preview")
    return value
