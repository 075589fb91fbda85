"""Signatures, checksums, credentials, and an agent that is the program that the secret names."""

import base64
import hashlib
from pathlib import Path

import pytest

from agent.aws import client as contact
from agent.aws.client import AwsError, Call
from tests.unit.agent.aws.conftest import BUCKET, KEYS, SECRET, Cloud

CALLS = [
    Call(service="s3", path="/nodes/cp1/documents.json", bucket=BUCKET),
    Call(service="s3", bucket=BUCKET, query={"prefix": "nodes/cp1/a b", "list-type": "2"}),
    Call(service="secretsmanager", method="POST", headers={"x-amz-target": "a.B"}, body=b'{"SecretId": "x"}'),
    Call(service="s3", method="PUT", path="/snapshots/cp1/ü.db", bucket=BUCKET, body=b"data"),
]


@pytest.mark.parametrize("call", CALLS, ids=lambda q: f"{q.service} {q.method}")
def test_a_request_is_signed_as_amazons_own_sdk_signs_it(cloud: Cloud, call: Call) -> None:
    auth = pytest.importorskip("botocore.auth")
    request = pytest.importorskip("botocore.awsrequest").AWSRequest
    credentials = pytest.importorskip("botocore.credentials").Credentials
    signed = cloud.aws().signed(call)
    keys = credentials(KEYS["AccessKeyId"], KEYS["SecretAccessKey"], KEYS["Token"])
    kept = {k: v for k, v in signed.header_items() if k.lower() not in ("authorization", "x-amz-security-token")}
    theirs = request(method=call.method, url=signed.full_url, headers=kept, data=call.body)
    theirs.context["timestamp"] = signed.get_header("X-amz-date")
    theirs.headers["X-Amz-Security-Token"] = KEYS["Token"]
    signer = (auth.S3SigV4Auth if call.service == "s3" else auth.SigV4Auth)(keys, call.service, "eu-west-1")
    text = signer.string_to_sign(theirs, signer.canonical_request(theirs))
    assert signer.signature(text, theirs) == str(signed.get_header("Authorization")).rpartition("=")[2]


def test_every_upload_has_the_checksum_that_a_locked_bucket_demands(cloud: Cloud) -> None:
    signed = cloud.aws().signed(CALLS[3])
    checksum = base64.b64encode(hashlib.sha256(b"data").digest()).decode()
    assert signed.get_header("X-amz-checksum-sha256") == checksum
    assert "x-amz-checksum-sha256" in str(signed.get_header("Authorization")), "the checksum is signed too"


def test_without_an_emulation_buckets_and_services_have_their_own_names() -> None:
    aws = contact.Aws({"region": "eu-west-1"})
    aws._keys = dict(KEYS)  # noqa: SLF001 - no metadata service is asked
    urls = [aws.signed(call).full_url for call in CALLS]
    assert urls[0] == f"https://{BUCKET}.s3.eu-west-1.amazonaws.com/nodes/cp1/documents.json"
    assert urls[2] == "https://secretsmanager.eu-west-1.amazonaws.com/"


def test_the_nodes_secret_is_read_with_the_roles_own_credentials(cloud: Cloud) -> None:
    cloud.client("secretsmanager").ask("create_secret", Name=SECRET, SecretString='{"agent": "x"}')
    assert cloud.aws().secret() == b'{"agent": "x"}'


def test_an_error_of_aws_names_the_request_and_is_not_retried(cloud: Cloud) -> None:
    with pytest.raises(AwsError, match="s3 GET /nothing: 404") as refused:
        cloud.aws().object("nothing")
    assert refused.value.status == 404


def test_the_agent_is_fetched_once_and_only_if_it_is_the_named_one(
    cloud: Cloud, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(contact, "AGENTS", tmp_path)
    digest = hashlib.sha256(b"agent").hexdigest()
    s3 = cloud.client("s3")
    s3.ask("put_object", Bucket=BUCKET, Key=f"agent/{digest}.pyz", Body=b"somebody else's")
    with pytest.raises(ValueError, match="it is not run"):
        contact.agent(cloud.aws(), digest)
    assert not list(tmp_path.iterdir())
    s3.ask("put_object", Bucket=BUCKET, Key=f"agent/{digest}.pyz", Body=b"agent")
    assert contact.agent(cloud.aws(), digest).read_bytes() == b"agent"
    s3.ask("delete_object", Bucket=BUCKET, Key=f"agent/{digest}.pyz")
    assert contact.agent(cloud.aws(), digest).read_bytes() == b"agent"
