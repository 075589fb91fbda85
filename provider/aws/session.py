"""AWS clients: the SDK finds credentials like the official provider, in environment, profile or role."""

from collections.abc import Mapping
from typing import cast

from provider.protocol.values import Value

SESSION = "quorate-provider"  # the name of assumed-role sessions in CloudTrail


def connection_of(inputs: Mapping[str, Value]) -> Mapping[str, str]:
    """The `profile`, `role` and endpoints in a resource's inputs."""
    given = inputs.get("connection")
    return {key: str(value) for key, value in given.items()} if isinstance(given, Mapping) else {}


def client(service: str, *, region: str, connection: Mapping[str, str]) -> object:
    """Create a client of one service; each caller declares the calls that it uses in its own type.

    `connection` may have `profile`, `role` to assume, and endpoints by service.
    """
    # The import takes a third of a second; only resources that call AWS should pay for it.
    import boto3  # noqa: PLC0415

    session = boto3.Session(profile_name=connection.get("profile"), region_name=region)
    if role := connection.get("role"):
        found = session.client("sts").assume_role(RoleArn=role, RoleSessionName=SESSION)["Credentials"]
        session = boto3.Session(
            aws_access_key_id=found["AccessKeyId"],
            aws_secret_access_key=found["SecretAccessKey"],
            aws_session_token=found["SessionToken"],
            region_name=region,
        )
    return cast("object", session.client(service, endpoint_url=connection.get(service)))
