"""Reads the health of targets from AWS."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, cast

from provider.aws.session import client
from provider.protocol.messages import Refused


@dataclass(frozen=True, kw_only=True)
class Target:
    """An address behind the load balancer."""

    address: str
    port: int


class TargetGroup(Protocol):
    """A target group whose health can be read."""

    def unhealthy(self, targets: Sequence[Target]) -> Sequence[str]:
        """The unhealthy targets, each with AWS's reason. Raises `Refused` if the request fails."""
        ...


class _Client(Protocol):
    def describe_target_health(self, **asked: object) -> Mapping[str, Sequence[Mapping[str, Mapping[str, object]]]]: ...


class AwsTargetGroup:
    """Uses the AWS SDK, which finds credentials like the official provider: environment, profile, role."""

    def __init__(self, arn: str, *, region: str, connection: Mapping[str, str]) -> None:
        self._arn = arn
        self._region = region
        self._connection = connection
        self._made: _Client | None = None

    def unhealthy(self, targets: Sequence[Target]) -> Sequence[str]:
        """Implements `TargetGroup`."""
        from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 -- see _client

        asked = [{"Id": target.address, "Port": target.port} for target in targets]
        try:
            answer = self._client().describe_target_health(TargetGroupArn=self._arn, Targets=asked)
        except (BotoCoreError, ClientError) as error:
            raise Refused(f"the health of the targets cannot be read: {error}") from None
        return [text for found in answer["TargetHealthDescriptions"] if (text := _ailment(found))]

    def _client(self) -> _Client:
        if self._made is None:
            self._made = cast("_Client", client("elbv2", region=self._region, connection=self._connection))
        return self._made


def _ailment(found: Mapping[str, Mapping[str, object]]) -> str | None:
    health, target = found["TargetHealth"], found["Target"]
    if health["State"] == "healthy":
        return None
    said = health.get("Description") or health.get("Reason") or "no reason given"
    return f"{target['Id']}:{target.get('Port', '')} is {health['State']}: {said}"
