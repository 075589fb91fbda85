import http.client
import json
from collections.abc import Iterator
from ipaddress import IPv4Network

import pytest

from workbench.cloud.metadata.credentials import Credentials
from workbench.cloud.metadata.service import SECONDS, TOKEN, MetadataService
from workbench.cloud.state import Instance, Subnet

SUBNET = Subnet(
    id="subnet-1",
    vpc="vpc-1",
    zone="eu-west-1a",
    cidr=IPv4Network("10.20.0.0/24"),
    vpc_cidr=IPv4Network("10.20.0.0/16"),
)
INSTANCE = Instance(
    id="i-1",
    state="running",
    account="123456789012",
    region="eu-west-1",
    image="ami-1",
    type="m7i.large",
    address="10.20.0.10",
    mac="02:00:00:00:00:01",
    subnet=SUBNET,
    groups=("sg-1",),
    profile=None,
    user_data=b"#cloud-config\n",
    hop_limit=1,
    tokens_required=True,
    key=None,
)


@pytest.fixture
def service() -> Iterator[MetadataService]:
    started = MetadataService(lambda _: INSTANCE, Credentials(), host="127.0.0.1", port=0)
    yield started
    started.stop()


def ask(service: MetadataService, path: str, *, method: str = "GET", **headers: str) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", service.port, timeout=5)
    connection.request(method, path, headers={name.replace("_", "-"): value for name, value in headers.items()})
    answer = connection.getresponse()
    return answer.status, answer.read()


def token(service: MetadataService) -> str:
    status, body = ask(service, "/latest/api/token", method="PUT", **{SECONDS.replace("-", "_"): "60"})
    assert status == 200
    return body.decode()


def test_a_question_without_a_session_is_refused(service: MetadataService) -> None:
    assert ask(service, "/latest/meta-data/instance-id")[0] == 401
    assert ask(service, "/latest/meta-data/instance-id", **{TOKEN: "invented"})[0] == 401


def test_a_session_lasts_for_as_long_as_it_was_wanted(service: MetadataService) -> None:
    for seconds in ("0", "21601", "soon"):
        assert ask(service, "/latest/api/token", method="PUT", **{SECONDS: seconds})[0] == 400
    assert ask(service, "/latest/api/token", method="PUT")[0] == 400


def test_an_instance_learns_who_it_is(service: MetadataService) -> None:
    session = {TOKEN: token(service)}
    assert ask(service, "/latest/meta-data/instance-id", **session) == (200, b"i-1")
    assert ask(service, "/latest/meta-data/placement/", **session) == (200, b"availability-zone\nregion")
    assert ask(service, "/latest/user-data", **session) == (200, b"#cloud-config\n")
    _, document = ask(service, "/latest/dynamic/instance-identity/document", **session)
    assert json.loads(document)["region"] == "eu-west-1"


def test_what_is_not_there_is_not_found(service: MetadataService) -> None:
    session = {TOKEN: token(service)}
    for path in ("/latest/meta-data/spot", "/1999-01-01/meta-data/", "/latest/meta-data/iam/security-credentials/"):
        assert ask(service, path, **session)[0] == 404
