"""Buckets as S3 has them for backups: locked, and replicated."""

import base64
import hashlib
import json
import time

import pytest
from botocore.exceptions import ClientError

from tests.unit.workbench.cloud.conftest import REGION, Aws, code

TRUST = {"Effect": "Allow", "Principal": {"Service": "s3.amazonaws.com"}, "Action": "sts:AssumeRole"}
ACTIONS = ["s3:GetObjectVersionForReplication", "s3:ReplicateObject"]
LOCKED = ["s3:GetObjectRetention", "s3:GetObjectLegalHold"]
SECONDS = 10.0


def bucket(aws: Aws, name: str, *, days: int | None = None, lockable: bool = False) -> str:
    s3 = aws.client("s3")
    s3.create_bucket(
        Bucket=name,
        CreateBucketConfiguration={"LocationConstraint": REGION},
        ObjectLockEnabledForBucket=lockable or days is not None,
    )
    s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    if days is not None:
        rule = {"DefaultRetention": {"Mode": "COMPLIANCE", "Days": days}}
        s3.put_object_lock_configuration(
            Bucket=name, ObjectLockConfiguration={"ObjectLockEnabled": "Enabled", "Rule": rule}
        )
    return name


def put(aws: Aws, name: str, *, digest: str = "") -> None:
    """As the agent does it: by a plain request, without the checksum that boto3 adds by itself."""
    s3 = aws.client("s3")
    body = b"snapshot"
    given = {
        "": {},
        "content-md5": {"content-md5": base64.b64encode(hashlib.md5(body, usedforsecurity=False).digest()).decode()},
        "sha256": {"x-amz-checksum-sha256": base64.b64encode(hashlib.sha256(body).digest()).decode()},
    }[digest]

    def strip(request: object, **_: object) -> None:
        for header in [name for name in request.headers if name.lower().startswith("x-amz-")]:  # type: ignore[attr-defined]
            if "checksum" in header.lower() or "trailer" in header.lower():
                del request.headers[header]  # type: ignore[attr-defined]
        for header, value in given.items():
            request.headers[header] = value  # type: ignore[attr-defined]

    s3.meta.events.register("before-sign.s3.PutObject", strip)
    try:
        s3.put_object(Bucket=name, Key="snapshots/cp1/one.db", Body=body)
    finally:
        s3.meta.events.unregister("before-sign.s3.PutObject", strip)


def replicate(aws: Aws, source: str, target: str, actions: list[str]) -> None:
    iam = aws.client("iam")
    role = iam.create_role(
        RoleName=source, AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [TRUST]})
    )["Role"]["Arn"]
    allowed = {"Effect": "Allow", "Action": actions, "Resource": "*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [allowed]})
    iam.put_role_policy(RoleName=source, PolicyName="replication", PolicyDocument=document)
    rule = {
        "ID": "elsewhere",
        "Status": "Enabled",
        "Priority": 1,
        "Filter": {"Prefix": "snapshots/"},
        "DeleteMarkerReplication": {"Status": "Disabled"},
        "Destination": {"Bucket": f"arn:aws:s3:::{target}"},
    }
    aws.client("s3").put_bucket_replication(Bucket=source, ReplicationConfiguration={"Role": role, "Rules": [rule]})


def status(aws: Aws, name: str) -> str:
    deadline = time.monotonic() + SECONDS
    while True:
        head = aws.client("s3").head_object(Bucket=name, Key="snapshots/cp1/one.db")
        found: str = head.get("ReplicationStatus", "")
        if found != "PENDING" or time.monotonic() > deadline:
            return found
        time.sleep(0.1)


def test_a_locked_bucket_takes_an_object_with_a_digest_only(aws: Aws) -> None:
    name = bucket(aws, "locked-1", days=1)
    with pytest.raises(ClientError) as refused:
        put(aws, name)
    assert code(refused) == "InvalidRequest"
    for digest in ("content-md5", "sha256"):
        put(aws, name, digest=digest)


def test_an_unlocked_bucket_takes_an_object_without_a_digest(aws: Aws) -> None:
    put(aws, bucket(aws, "unlocked-1"))


def test_a_locked_object_arrives_where_object_lock_is_on_and_the_role_may_read_its_lock(aws: Aws) -> None:
    source, target = bucket(aws, "locked-2", days=1), bucket(aws, "replica-2", lockable=True)
    replicate(aws, source, target, [*ACTIONS, *LOCKED])
    put(aws, source, digest="sha256")
    assert status(aws, source) == "COMPLETED"
    assert status(aws, target) == "REPLICA"


@pytest.mark.parametrize(
    ("number", "other", "actions"),
    [(3, "plain", [*ACTIONS, *LOCKED]), (4, "lockable", ACTIONS), (5, "lockable", LOCKED)],
)
def test_a_locked_object_does_not_arrive_otherwise(aws: Aws, number: int, other: str, actions: list[str]) -> None:
    source, target = (
        bucket(aws, f"locked-{number}", days=1),
        bucket(aws, f"replica-{number}", lockable=other == "lockable"),
    )
    replicate(aws, source, target, actions)
    put(aws, source, digest="sha256")
    assert status(aws, source) == "FAILED"
