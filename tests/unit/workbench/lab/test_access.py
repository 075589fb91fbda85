import base64
import stat
from pathlib import Path

import pytest
import yaml

from tests.unit.workbench.lab.api_server import HOST, NAME, FakeCluster
from tests.unit.workbench.lab.authority import chain
from workbench.lab.access import Access, Address, from_kubeconfig
from workbench.lab.api import Connection, Unanswered


def kubeconfig(path: Path, access: Access, server: str, server_name: str | None) -> Path:
    def encoded(text: str) -> str:
        return base64.b64encode(text.encode()).decode()

    name = {"tls-server-name": server_name} if server_name else {}
    cluster = {"server": server, "certificate-authority-data": encoded(access.authority), **name}
    user = {"client-certificate-data": encoded(access.certificate), "client-key-data": encoded(access.key)}
    config = {
        "clusters": [{"name": "c", "cluster": cluster}],
        "users": [{"name": "u", "user": user}],
        "contexts": [{"name": "x", "context": {"cluster": "c", "user": "u"}}],
        "current-context": "x",
    }
    path.write_text(yaml.safe_dump(config))
    return path


def test_a_kubeconfig_gives_address_name_and_both_sides_of_tls(cluster: FakeCluster, tmp_path: Path) -> None:
    server = f"https://{HOST}:{cluster.servers[0].port}"
    access = from_kubeconfig(kubeconfig(tmp_path / "config", cluster.access, server, NAME))
    assert access.endpoint == cluster.access.endpoint
    assert Connection(access).get("/readyz").body == "ok"


def test_without_a_name_of_its_own_the_server_is_verified_by_its_address(cluster: FakeCluster, tmp_path: Path) -> None:
    server = f"https://{HOST}:{cluster.servers[0].port}"
    access = from_kubeconfig(kubeconfig(tmp_path / "config", cluster.access, server, None))
    assert access.endpoint.server_name == HOST
    assert Connection(access).get("/readyz").status == 200


def test_a_server_whose_certificate_lacks_the_name_is_refused(cluster: FakeCluster) -> None:
    port = cluster.servers[0].port
    other = Address(name="other", host=HOST, port=port, server_name="api.elsewhere.test")
    with pytest.raises(Unanswered, match="handshake: CERTIFICATE_VERIFY_FAILED"):
        Connection(cluster.access, other).get("/readyz")


def test_a_client_without_a_certificate_is_refused(cluster: FakeCluster) -> None:
    with pytest.raises(Unanswered):
        Connection(cluster.access, certificate=False).get("/readyz")


def test_a_server_that_is_not_there_fails_in_the_phase_of_connecting(cluster: FakeCluster) -> None:
    nobody = Address(name="nobody", host=HOST, port=1, server_name=HOST)
    with pytest.raises(Unanswered, match="connect: "):
        Connection(cluster.access, nobody).get("/readyz")


def test_the_key_is_neither_printed_nor_left_in_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    made = chain(name=NAME, address=HOST)
    endpoint = Address(name="endpoint", host=HOST, port=1, server_name=NAME)
    access = Access(
        authority=made.authority, certificate=made.client.certificate, key=made.client.key, endpoint=endpoint
    )
    access.context()
    assert "PRIVATE" not in repr(access)
    assert not [path for path in tmp_path.iterdir() if stat.S_ISREG(path.stat().st_mode)]
