"""AWS clients: the SDK finds credentials wherever the official provider does, in environment, profile or role."""

from collections.abc import Mapping
from typing import cast

from provider.protocol.values import Value

SESSION = "quorate-provider"  # how CloudTrail names the sessions of an assumed role


def connection_of(inputs: Mapping[str, Value]) -> Mapping[str, str]:
    """`profile`, `role` and endpoints of a resource's inputs."""
    given = inputs.get("connection")
    return {key: str(value) for key, value in given.items()} if isinstance(given, Mapping) else {}


def client(service: str, *, region: str, connection: Mapping[str, str]) -> object:
    """A client of one service; each caller names its calls by a type of its own.

    `connection` may have `profile`, `role` to assume, and an endpoint by service.
    """
    # A third of a second to import, which only resources that call AWS should pay for.
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
