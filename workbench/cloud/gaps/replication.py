"""Replicates new objects; moto only stores the rules. Objects arrive in the other bucket, or fail.

An object arrives if both buckets are versioned, the role of the rules may read and replicate it, and, for a locked
object, the other bucket has Object Lock (S3 User Guide, "Replicating objects").
"""

import threading
from collections.abc import Callable, Iterator, Mapping

from moto.iam.access_control import IAMPolicy, PermissionResult
from moto.iam.models import IAMBackend, iam_backends
from moto.s3.models import FakeBucket, FakeKey, S3Backend

from workbench.cloud.replacing import instead_of

SECONDS = 0.5  # minutes on AWS; until then an object is PENDING
READ = ("s3:GetObjectVersionForReplication",)
READ_LOCKED = ("s3:GetObjectRetention", "s3:GetObjectLegalHold")
WRITE = ("s3:ReplicateObject",)
HEADER = "x-amz-replication-status"


@instead_of(S3Backend, "put_object")
def put_object(
    original: Callable[..., FakeKey], self: S3Backend, bucket_name: str, key_name: str, *given: object, **named: object
) -> FakeKey:
    """Start the replication that the bucket's rules require."""
    made = original(self, bucket_name, key_name, *given, **named)
    bucket = self.get_bucket(bucket_name)
    for rule in _rules(bucket, key_name):
        _put(made, "PENDING")
        arguments = (self, bucket, made, str(rule["Destination"]["Bucket"]).rpartition(":")[2])
        timer = threading.Timer(SECONDS, _replicate, arguments)
        timer.daemon = True
        timer.start()
    return made


def _response(self: FakeKey) -> dict[str, object]:
    found: dict[str, object] = _described(self)
    status = getattr(self, "replication_status", None)
    return {**found, HEADER: status} if status else found


_described: Callable[[FakeKey], dict[str, object]] = FakeKey.response_dict.fget  # type: ignore[attr-defined]  # a property
FakeKey.response_dict = property(_response)  # type: ignore[assignment]  # a property in moto as well


def _rules(bucket: FakeBucket, key: str) -> Iterator[Mapping[str, dict[str, str]]]:
    configured = getattr(bucket, "replication", None) or {}
    for rule in configured.get("Rule", []):
        prefix = (rule.get("Filter") or {}).get("Prefix") or rule.get("Prefix") or ""
        if rule.get("Status") == "Enabled" and key.startswith(prefix):
            yield rule


def _replicate(backend: S3Backend, source: FakeBucket, key: FakeKey, target: str) -> None:
    locked = key.lock_mode is not None
    there = backend.buckets.get(target)
    allowed = _allowed(backend, source, key, target, locked=locked)
    if there is None or not there.is_versioned or not allowed or (locked and not there.object_lock_enabled):
        _put(key, "FAILED")
        return
    copy = backend.put_object(
        target, key.name, key.value, lock_mode=key.lock_mode, lock_until=key.lock_until, storage=key.storage_class
    )
    _put(copy, "REPLICA")
    _put(key, "COMPLETED")


def _allowed(backend: S3Backend, source: FakeBucket, key: FakeKey, target: str, *, locked: bool) -> bool:
    configured: Mapping[str, str] = getattr(source, "replication", None) or {}
    iam: IAMBackend = iam_backends[backend.account_id][backend.partition]
    name = configured.get("Role", "").rpartition("/")[2]
    role = next((role for role in iam.roles.values() if role.name == name), None)
    if role is None:
        return False
    here, there = f"arn:aws:s3:::{source.name}/{key.name}", f"arn:aws:s3:::{target}/{key.name}"
    wanted = [*((action, here) for action in (*READ, *(READ_LOCKED if locked else ()))), *((a, there) for a in WRITE)]
    policies = [IAMPolicy(text) for text in role.policies.values()]
    return all(
        any(policy.is_action_permitted(action, resource) == PermissionResult.PERMITTED for policy in policies)
        for action, resource in wanted
    )


def _put(key: FakeKey, status: str) -> None:
    key.replication_status = status  # type: ignore[attr-defined]  # moto has no such attribute
