"""IAM and bucket policies as JSON text."""

import json
from collections.abc import Mapping, Sequence

Statement = Mapping[str, object]


def policy(*statements: Statement) -> str:
    """A policy document."""
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def allow(actions: Sequence[str], resources: Sequence[str], condition: Mapping[str, object] | None = None) -> Statement:
    """One permission."""
    found: dict[str, object] = {"Effect": "Allow", "Action": list(actions), "Resource": list(resources)}
    return {**found, "Condition": condition} if condition else found


def trusted_by(service: str) -> str:
    """The trust policy that lets an AWS service, such as ec2.amazonaws.com, assume a role."""
    return policy({"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"})


def tls_only(bucket_arn: str) -> str:
    """The bucket policy that denies requests without TLS."""
    return policy(
        {
            "Sid": "TlsOnly",
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:*",
            "Resource": [bucket_arn, f"{bucket_arn}/*"],
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        }
    )
