"""The first contact: signatures, sessions, an agent that is what the secret names."""

import hashlib
from pathlib import Path

import pytest

from agent.aws import client as contact
from agent.aws.client import Question, Refused
from tests.unit.agent.aws.conftest import BUCKET, KEYS, SECRET, Cloud

QUESTIONS = [
    Question(service="s3", path="/nodes/cp1/documents.json", bucket=BUCKET),
    Question(service="s3", bucket=BUCKET, query={"prefix": "nodes/cp1/a b", "list-type": "2"}),
    Question(service="secretsmanager", method="POST", headers={"x-amz-target": "a.B"}, body=b'{"SecretId": "x"}'),
    Question(service="s3", method="PUT", path="/snapshots/cp1/ü.db", bucket=BUCKET, body=b"data"),
]


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda q: f"{q.service} {q.method}")
def test_a_request_is_signed_as_amazons_own_sdk_signs_it(cloud: Cloud, question: Question) -> None:
    auth = pytest.importorskip("botocore.auth")
    request = pytest.importorskip("botocore.awsrequest").AWSRequest
    credentials = pytest.importorskip("botocore.credentials").Credentials
    signed = cloud.aws().signed(question)
    keys = credentials(KEYS["AccessKeyId"], KEYS["SecretAccessKey"], KEYS["Token"])
    kept = {k: v for k, v in signed.header_items() if k.lower() not in ("authorization", "x-amz-security-token")}
    theirs = request(method=question.method, url=signed.full_url, headers=kept, data=question.body)
    theirs.context["timestamp"] = signed.get_header("X-amz-date")
    theirs.headers["X-Amz-Security-Token"] = KEYS["Token"]
    signer = (auth.S3SigV4Auth if question.service == "s3" else auth.SigV4Auth)(keys, question.service, "eu-west-1")
    text = signer.string_to_sign(theirs, signer.canonical_request(theirs))
    assert signer.signature(text, theirs) == str(signed.get_header("Authorization")).rpartition("=")[2]


def test_without_an_emulation_buckets_and_services_have_their_own_names() -> None:
    aws = contact.Aws({"region": "eu-west-1"})
    aws._keys = dict(KEYS)  # noqa: SLF001 - no metadata service is asked
    urls = [aws.signed(question).full_url for question in QUESTIONS]
    assert urls[0] == f"https://{BUCKET}.s3.eu-west-1.amazonaws.com/nodes/cp1/documents.json"
    assert urls[2] == "https://secretsmanager.eu-west-1.amazonaws.com/"


def test_the_nodes_secret_is_read_with_the_roles_own_credentials(cloud: Cloud) -> None:
    cloud.client("secretsmanager").ask("create_secret", Name=SECRET, SecretString='{"agent": "x"}')
    assert cloud.aws().secret() == b'{"agent": "x"}'


def test_a_refusal_of_aws_says_what_was_asked_and_is_not_tried_again(cloud: Cloud) -> None:
    with pytest.raises(Refused, match="s3 GET /nothing: 404") as refused:
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
