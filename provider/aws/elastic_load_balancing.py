"""The one request to AWS: how are these targets?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, cast

from provider.protocol.messages import Refused
from provider.protocol.values import Value

SESSION = "quorate-target-health"


@dataclass(frozen=True, kw_only=True)
class Target:
    """An address behind the load balancer."""

    address: str
    port: int


class TargetGroup(Protocol):
    """A target group, wherever it is asked about."""

    def ailing(self, targets: Sequence[Target]) -> Sequence[str]:
        """Those that are not healthy, each with AWS's reason. Raises `Refused` when AWS does not answer."""
        ...


class _Client(Protocol):
    def describe_target_health(self, **asked: object) -> Mapping[str, Sequence[Mapping[str, Mapping[str, object]]]]: ...


class AwsTargetGroup:
    """By the AWS SDK, which finds credentials wherever the official provider does: environment, profile, role."""

    def __init__(self, arn: str, *, region: str, connection: Mapping[str, Value]) -> None:
        self._arn = arn
        self._region = region
        self._connection = {key: str(value) for key, value in connection.items()}
        self._made: _Client | None = None

    def ailing(self, targets: Sequence[Target]) -> Sequence[str]:
        """As promised by `TargetGroup`."""
        from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 -- see _client

        asked = [{"Id": target.address, "Port": target.port} for target in targets]
        try:
            answer = self._client().describe_target_health(TargetGroupArn=self._arn, Targets=asked)
        except (BotoCoreError, ClientError) as error:
            raise Refused(f"AWS does not say how the targets are: {error}") from None
        return [text for found in answer["TargetHealthDescriptions"] if (text := _ailment(found))]

    def _client(self) -> _Client:
        if self._made is None:
            # A third of a second to import, which only waits on AWS should pay for.
            import boto3  # noqa: PLC0415

            session = boto3.Session(profile_name=self._connection.get("profile"), region_name=self._region)
            if role := self._connection.get("role"):
                found = session.client("sts").assume_role(RoleArn=role, RoleSessionName=SESSION)["Credentials"]
                session = boto3.Session(
                    aws_access_key_id=found["AccessKeyId"],
                    aws_secret_access_key=found["SecretAccessKey"],
                    aws_session_token=found["SessionToken"],
                    region_name=self._region,
                )
            self._made = cast("_Client", session.client("elbv2", endpoint_url=self._connection.get("endpoint")))
        return self._made


def _ailment(found: Mapping[str, Mapping[str, object]]) -> str | None:
    health, target = found["TargetHealth"], found["Target"]
    if health["State"] == "healthy":
        return None
    said = health.get("Description") or health.get("Reason") or "no reason given"
    return f"{target['Id']}:{target.get('Port', '')} is {health['State']}: {said}"
