"""A cloud whose instances are records only reports for its nodes, from the secret that they have now."""

import hashlib
import json

import pytest
from botocore.exceptions import ClientError

from provider.aws.reports import BucketReports
from tests.unit.workbench.cloud.conftest import REGION, Aws, Network, code


def test_a_node_reports_its_present_secret_once_its_instance_runs(
    aws: Aws, network: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    bucket, key = f"north-123456789012-{REGION}-files", "nodes/cp1/convergence.json"
    s3, secrets, ec2 = aws.client("s3"), aws.client("secretsmanager"), aws.client("ec2")
    s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": REGION})
    secrets.create_secret(Name="quorate/north/cp1", SecretString="one")
    with pytest.raises(ClientError) as missing:
        s3.get_object(Bucket=bucket, Key=key)
    assert code(missing) == "NoSuchKey"
    tags = [{"Key": "quorate:node", "Value": "cp1"}, {"Key": "quorate:cluster", "Value": "north"}]
    made = ec2.run_instances(
        ImageId="ami-0a12deb1a00000001",
        InstanceType="m7i.large",
        MinCount=1,
        MaxCount=1,
        SubnetId=network.subnets[0],
        TagSpecifications=[{"ResourceType": "instance", "Tags": tags}],
    )
    instance = made["Instances"][0]["InstanceId"]
    first = json.loads(s3.get_object(Bucket=bucket, Key=key)["Body"].read())
    assert (first["digest"], first["instance"]) == (hashlib.sha256(b"one").hexdigest(), instance)
    secrets.put_secret_value(SecretId="quorate/north/cp1", SecretString="two")
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "emulated")
    read = BucketReports(bucket, region=REGION, connection={"s3": aws.endpoint}).of(key)
    assert read is not None
    assert (read.digest, read.state) == (hashlib.sha256(b"two").hexdigest(), "converged")
