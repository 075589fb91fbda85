"""How operators get in: one way, complete, and with a key that exists."""

from pathlib import Path

import pytest

from plan import Refused
from plan.loading.configuration import load
from tests.unit.plan.aws_site import SITE, at, plan, refusal
from tests.unit.plan.test_hosts import KEY


def test_the_account_and_the_key_of_a_cloud_image_are_the_default() -> None:
    assert (plan().settings.ssh.user, plan().settings.ssh.private_key_path) == ("admin", ".quorate/ssh/id_ed25519")


@pytest.mark.parametrize(
    ("access", "path"),
    [
        ({"way": "command"}, "aws.access.proxyCommand"),
        ({"way": "direct", "endpointId": "eice-0123"}, "aws.access.endpointId"),
        ({"proxyCommand": "ssh -W %h:%p bastion"}, "aws.access.proxyCommand"),
        ({"clients": ["192.0.2.0/24"]}, "aws.access.clients"),
        ({"endpointId": "vpce-0123"}, "aws.access.endpointId"),
        ({"publicKey": "-----BEGIN OPENSSH PRIVATE KEY-----"}, "aws.access.publicKey"),
    ],
)
def test_an_incomplete_or_contradictory_way_in_is_refused(access: dict[str, object], path: str) -> None:
    assert refusal(at("aws.access", access)).at == path


def test_a_tunnel_forwards_only_the_usual_port() -> None:
    assert refusal(at("ssh.port", 2222)).at == "ssh.port"


def test_without_the_tunnel_ssh_comes_from_named_ranges() -> None:
    direct = plan(at("aws.access", {"way": "direct", "clients": ["10.99.0.0/24"]}))
    assert [port.source for port in direct.ports if port.number == 22] == ["operators"]


def test_the_public_key_is_read_beside_the_private_one(tmp_path: Path) -> None:
    given = {**SITE, "ssh": {"privateKeyPath": "key"}}
    with pytest.raises(Refused, match=r"(?s)key\.pub.*make setup"):
        load(given, tmp_path)
    (tmp_path / "key.pub").write_text(f"{KEY} me@laptop\n")
    found = load(given, tmp_path).aws
    assert found is not None
    assert found.access.public_key == f"{KEY} me@laptop"
