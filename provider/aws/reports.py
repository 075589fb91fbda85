"""Reads the nodes' reports: one object per node in the environment's bucket, writable only by that node."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol, cast

from provider.aws.session import client
from provider.protocol.messages import Refused


@dataclass(frozen=True, kw_only=True)
class Report:
    """The newest report of one node. `digest`: SHA-256 of the secret that it applies or has applied; `attempts`: failed
    runs with this digest; `instance`: its author, empty in reports of older agents."""

    digest: str
    state: str
    reason: str
    attempts: int
    instance: str
    host_key: str


class Reports(Protocol):
    """A source of reports."""

    def of(self, key: str) -> Report | None:
        """The report under that key, or None if it does not exist yet. Raises `Refused` if the request fails."""
        ...


class _Body(Protocol):
    def read(self) -> bytes: ...


class _Client(Protocol):
    def get_object(self, **asked: object) -> Mapping[str, _Body]: ...


class BucketReports:
    """Reads reports with the AWS SDK."""

    def __init__(self, bucket: str, *, region: str, connection: Mapping[str, str]) -> None:
        self._bucket, self._region, self._connection = bucket, region, connection
        self._made: _Client | None = None

    def of(self, key: str) -> Report | None:
        """Implements `Reports`."""
        from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 -- see provider.aws.session

        try:
            if self._made is None:
                self._made = cast("_Client", client("s3", region=self._region, connection=self._connection))
            text = self._made.get_object(Bucket=self._bucket, Key=key)["Body"].read()
        except ClientError as error:
            if error.response["Error"]["Code"] in {"NoSuchKey", "404"}:
                return None
            raise _unreadable(self._bucket, key, error) from None
        except BotoCoreError as error:
            raise _unreadable(self._bucket, key, error) from None
        return _read(text, key)


def _unreadable(bucket: str, key: str, error: Exception) -> Refused:
    return Refused(
        f"the report s3://{bucket}/{key} cannot be read: {error}. The nodes are not affected; run the update again "
        "with valid credentials"
    )


def _read(text: bytes, key: str) -> Report:
    try:
        found = json.loads(text)
        keys = [str(one) for one in found.get("hostKeys", []) if str(one).startswith("ssh-ed25519 ")]
        return Report(
            digest=str(found["digest"]),
            state=str(found["state"]),
            reason=str(found.get("reason", "")),
            attempts=int(found.get("attempts", 0)),
            instance=str(found.get("instance", "")),
            host_key=keys[0] if keys else "",
        )
    except (ValueError, KeyError, TypeError, AttributeError):
        raise Refused(f"the report {key} was not written by an agent; check who else may write to the bucket") from None
