import json
import uuid

import pytest
from botocore.exceptions import ClientError

from tests.unit.workbench.cloud.conftest import Aws, Network

TRUST = json.dumps({"Version": "2012-10-17", "Statement": []})


def policy(characters: int) -> str:
    def text(resource: str) -> str:
        statement = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": resource}
        return json.dumps({"Version": "2012-10-17", "Statement": [statement]}, separators=(",", ":"))

    arn = "arn:aws:s3:::b/"
    return text(arn + "a" * (characters - len(text(arn))))


def test_user_data_holds_16_kilobytes(network: Network) -> None:
    network.instance(network.interface(0, "10.20.0.10"), UserData="a" * 16_384)
    with pytest.raises(ClientError, match="16384 bytes"):
        network.instance(network.interface(0, "10.20.0.11"), UserData="a" * 16_385)


def test_a_secret_holds_64_kilobytes(aws: Aws) -> None:
    secrets = aws.client("secretsmanager")
    name = str(uuid.uuid4())
    secrets.create_secret(Name=name, SecretString="ä" * 32_768)
    with pytest.raises(ClientError, match="65536 bytes"):
        secrets.put_secret_value(SecretId=name, SecretString="ä" * 32_768 + "a")
    with pytest.raises(ClientError, match="65536 bytes"):
        secrets.create_secret(Name=str(uuid.uuid4()), SecretBinary=b"a" * 65_537)


def test_the_inline_policies_of_a_role_hold_10_240_characters_together(aws: Aws) -> None:
    iam = aws.client("iam")
    role = f"role-{uuid.uuid4()}"
    iam.create_role(RoleName=role, AssumeRolePolicyDocument=TRUST)
    iam.put_role_policy(RoleName=role, PolicyName="one", PolicyDocument=policy(5_120))
    iam.put_role_policy(RoleName=role, PolicyName="other", PolicyDocument=policy(5_120))
    iam.put_role_policy(RoleName=role, PolicyName="other", PolicyDocument=policy(5_120))
    with pytest.raises(ClientError, match="10240"):
        iam.put_role_policy(RoleName=role, PolicyName="third", PolicyDocument=policy(200))


@pytest.mark.parametrize(("tier", "largest"), [("Standard", 4_096), ("Advanced", 8_192)])
def test_a_parameter_holds_what_its_tier_allows(aws: Aws, tier: str, largest: int) -> None:
    ssm = aws.client("ssm")
    name = f"/{uuid.uuid4()}"
    ssm.put_parameter(Name=name, Value="a" * largest, Type="String", Tier=tier)
    with pytest.raises(ClientError, match=str(largest)):
        ssm.put_parameter(Name=name, Value="a" * (largest + 1), Type="String", Tier=tier, Overwrite=True)
