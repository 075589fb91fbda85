import json
import uuid

import pytest
from botocore.exceptions import ClientError

from tests.unit.workbench.cloud.conftest import REGION, Aws, Credentials, code
from workbench.cloud.cloud import Cloud

TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}],
}


def test_policies_of_a_role_decide_while_they_are_enforced(cloud: Cloud, aws: Aws) -> None:
    secrets, iam, role = aws.client("secretsmanager"), aws.client("iam"), f"role-{uuid.uuid4()}"
    own = secrets.create_secret(Name=str(uuid.uuid4()), SecretString="own")["ARN"]
    others = secrets.create_secret(Name=str(uuid.uuid4()), SecretString="others")["ARN"]
    iam.create_role(RoleName=role, AssumeRolePolicyDocument=json.dumps(TRUST))
    statement = {"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": own}
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    iam.put_role_policy(RoleName=role, PolicyName="own", PolicyDocument=document)
    taken = aws.client("sts").assume_role(RoleArn=f"arn:aws:iam::123456789012:role/{role}", RoleSessionName="node")
    given = taken["Credentials"]
    credentials = Credentials(key=given["AccessKeyId"], secret=given["SecretAccessKey"], token=given["SessionToken"])
    node = Aws(aws.endpoint, credentials).client("secretsmanager")
    cloud.enforce_policies()
    try:
        assert node.get_secret_value(SecretId=own)["SecretString"] == "own"
        with pytest.raises(ClientError, match="not authorized"):
            node.get_secret_value(SecretId=others)
    finally:
        cloud.relax_policies()
    assert node.get_secret_value(SecretId=others)["SecretString"] == "others"


def test_a_bucket_for_tls_only_takes_what_comes_over_loopback_and_other_denials_hold(aws: Aws) -> None:
    s3, bucket = aws.client("s3"), uuid.uuid4().hex
    s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": REGION})

    def deny(resource: str, **condition: object) -> dict[str, object]:
        everything = {"Effect": "Deny", "Principal": "*", "Action": "s3:*"}
        return {**everything, "Resource": f"arn:aws:s3:::{bucket}{resource}", **condition}

    clear = {"Condition": {"Bool": {"aws:SecureTransport": "false"}}}
    policy = {"Version": "2012-10-17", "Statement": [deny("/*", **clear), deny("/closed")]}
    s3.put_bucket_policy(Bucket=bucket, Policy=json.dumps(policy))
    s3.put_object(Bucket=bucket, Key="open", Body=b"")
    with pytest.raises(ClientError) as refused:
        s3.put_object(Bucket=bucket, Key="closed", Body=b"")
    assert code(refused) in {"AccessDenied", "Forbidden", "403"}
