"""How the project's provider reaches AWS: with the official provider's configuration in the stack, under `aws:`."""

import json

import pulumi.runtime


def connection() -> dict[str, str]:
    """`profile`, `role` to assume, and endpoints by service if the stack names them; never credentials."""
    given = pulumi.runtime.get_config_env()
    found: dict[str, str] = {}
    if profile := given.get("aws:profile"):
        found["profile"] = profile
    for role in json.loads(given.get("aws:assumeRoles") or "[]"):
        found["role"] = role["roleArn"]
    for endpoints in json.loads(given.get("aws:endpoints") or "[]"):
        found |= {service: endpoints[service] for service in ("elbv2", "s3") if service in endpoints}
    return found
