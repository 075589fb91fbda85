import json
import uuid

import pytest
from botocore.exceptions import ClientError

from emulation.moto.cloud import Cloud
from tests.unit.emulation.moto.conftest import Aws, Credentials

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
