from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import pytest
from botocore.auth import S3SigV4Auth, SigV4Auth, SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from workbench.cloud.services.signature import Key, Request, SignatureRefused, check

KEYS = {
    "AKIAUSER": Key(secret="secret", owner="a user"),
    "ASIAROLE": Key(secret="other", owner="a role", token="token", expires=datetime.now(UTC) + timedelta(hours=1)),
    "ASIAPAST": Key(secret="other", owner="a role", token="token", expires=datetime.now(UTC) - timedelta(hours=1)),
}


def signed(
    method: str, url: str, service: str, *, key: str = "AKIAUSER", body: bytes = b"", query_seconds: int | None = None
) -> Request:
    known = KEYS[key]
    credentials = Credentials(key, known.secret, known.token)
    asked = AWSRequest(method=method, url=url, data=body, headers={"host": urlsplit(url).netloc})
    if query_seconds is not None:
        SigV4QueryAuth(credentials, service, "eu-west-1", expires=query_seconds).add_auth(asked)
    else:
        (S3SigV4Auth if service == "s3" else SigV4Auth)(credentials, service, "eu-west-1").add_auth(asked)
    return request(asked.method, asked.url, asked.headers, body)


def request(method: str, url: str, headers: Mapping[str, str], body: bytes) -> Request:
    parts = urlsplit(url)
    lower = {name.lower(): str(value) for name, value in headers.items()}
    return Request(method=method, path=parts.path, query=parts.query, headers=lower, body=body)


@pytest.mark.parametrize(
    ("service", "url"),
    [
        ("s3", "https://bucket.s3.eu-west-1.amazonaws.com/a%20key/with%2Bsigns?list-type=2&prefix=a%2Fb"),
        ("secretsmanager", "https://secretsmanager.eu-west-1.amazonaws.com/"),
    ],
)
def test_what_botocore_signs_is_accepted(service: str, url: str) -> None:
    assert check(signed("GET", url, service, key="ASIAROLE"), service, KEYS.get).owner == "a role"


def test_what_botocore_signs_in_a_query_is_accepted() -> None:
    url = "https://eice-1.x.ec2-instance-connect-endpoint.eu-west-1.amazonaws.com/openTunnel?remotePort=22"
    asked = signed("GET", url, "ec2-instance-connect", query_seconds=60)
    assert check(asked, "ec2-instance-connect", KEYS.get).owner == "a user"


def refusal(asked: Request, service: str = "s3", **given: datetime) -> str:
    with pytest.raises(SignatureRefused) as refused:
        check(asked, service, KEYS.get, **given)
    return refused.value.code


URL = "https://bucket.s3.eu-west-1.amazonaws.com/key"


def test_another_path_than_the_signed_one_is_refused() -> None:
    asked = signed("GET", URL, "s3")
    other = Request(method="GET", path="/other", query="", headers=asked.headers)
    assert refusal(other) == "SignatureDoesNotMatch"


def test_another_body_than_the_signed_one_is_refused() -> None:
    asked = signed("PUT", URL, "s3", body=b"snapshot")
    other = Request(method="PUT", path=asked.path, query="", headers=asked.headers, body=b"else")
    assert refusal(other) == "XAmzContentSHA256Mismatch"


def test_a_signature_for_another_service_is_refused() -> None:
    assert refusal(signed("GET", URL, "s3"), "secretsmanager") == "SignatureDoesNotMatch"


def test_expired_credentials_are_refused() -> None:
    assert refusal(signed("GET", URL, "s3", key="ASIAPAST")) == "ExpiredToken"


def test_a_missing_session_token_is_refused() -> None:
    asked = signed("GET", URL, "s3", key="ASIAROLE")
    headers = {name: value for name, value in asked.headers.items() if name != "x-amz-security-token"}
    without = Request(method="GET", path=asked.path, query="", headers=headers)
    assert refusal(without) == "InvalidToken"


def test_an_unknown_key_and_a_missing_signature_are_refused() -> None:
    asked = signed("GET", URL, "s3")
    unknown = {**asked.headers, "authorization": asked.headers["authorization"].replace("AKIAUSER", "AKIAELSE")}
    assert refusal(Request(method="GET", path="/key", query="", headers=unknown)) == "InvalidAccessKeyId"
    assert refusal(Request(method="GET", path="/key", query="", headers={})) == "MissingAuthenticationToken"


def test_a_clock_that_is_wrong_by_an_hour_is_refused() -> None:
    later = datetime.now(UTC) + timedelta(hours=1)
    assert refusal(signed("GET", URL, "s3"), now=later) == "RequestTimeTooSkewed"


def test_a_presigned_request_is_refused_after_its_time() -> None:
    asked = signed("GET", "https://host/openTunnel?remotePort=22", "ec2-instance-connect", query_seconds=60)
    later = datetime.now(UTC) + timedelta(seconds=90)
    assert refusal(asked, "ec2-instance-connect", now=later) == "AccessDenied"
