"""An HTTP proxy reaches everything on a node that talks to the internet, and nothing inside the cluster."""

import json
import subprocess
from pathlib import Path
from urllib.request import proxy_bypass

import pytest

import documents
from documents.proxy import APT, DROP_IN
from plan import Plan
from plan.network.proxy import environment
from tests.unit.documents.programs import needed
from tests.unit.documents.topologies import DEDICATED, WHOLE_MACHINES, local

PROXY: dict[str, object] = {
    "proxy": {"http": "http://proxy.example.com:3128", "noProxy": [".corp.example.com", "mirror.example.com"]}
}


@pytest.fixture(scope="module")
def plan() -> Plan:
    return local(WHOLE_MACHINES, PROXY)


def texts(plan: Plan) -> dict[str, str]:
    return {file.path: file.content for file in documents.files(plan, plan.nodes[0])}


def test_without_a_proxy_no_file_mentions_one() -> None:
    assert not [path for path in texts(local()) if "proxy" in path.replace("haproxy", "")]
    assert json.loads(documents.manifest(local(), local().nodes[0]))["proxy"] == {}


def test_containerd_and_the_kubelet_get_the_proxy_and_its_exceptions(plan: Plan) -> None:
    for unit in ("containerd", "kubelet"):
        text = texts(plan)[f"/etc/systemd/system/{unit}.service.d/{DROP_IN}"]
        assert 'Environment="HTTPS_PROXY=http://proxy.example.com:3128"' in text
        assert "NO_PROXY=" in text


def test_a_balancer_only_needs_packages() -> None:
    found = local(WHOLE_MACHINES, DEDICATED, PROXY)
    files = documents.files(found, documents.dedicated_hosts(found)[0])
    assert [f.path for f in files if "quorate-proxy" in f.path] == [APT]


def test_the_cluster_itself_is_excepted(plan: Plan) -> None:
    excepted = environment(plan.settings)["NO_PROXY"].split(",")
    assert {"localhost", "127.0.0.0/8", "::1", "169.254.169.254", ".svc", ".cluster.local"} <= {*excepted}
    assert {"10.88.0.0/24", "10.244.0.0/16", "10.96.0.0/16", "api.local.quorate.internal"} <= {*excepted}
    assert {".corp.example.com", "mirror.example.com"} <= {*excepted}


def test_a_new_node_changes_nothing_on_the_others(plan: Plan) -> None:
    worker: dict[str, object] = {"workers": [{"name": "w1", "address": "10.88.0.31", "failureDomain": "machine-1"}]}
    assert environment(local(WHOLE_MACHINES, PROXY, worker).settings) == environment(plan.settings)


def test_the_agents_downloads_use_the_proxy_except_for_the_named_hosts(
    plan: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in json.loads(documents.manifest(plan, plan.nodes[0]))["proxy"].items():
        monkeypatch.setenv(name, value)
    assert proxy_bypass("mirror.example.com")
    assert proxy_bypass("store.corp.example.com")
    assert not proxy_bypass("files.example.com")


def test_apt_reads_the_proxy_and_its_exceptions(plan: Plan, tmp_path: Path) -> None:
    (tmp_path / "proxy").write_text(texts(plan)[APT])
    done = subprocess.run(
        [needed("apt-config"), "dump", "-c", tmp_path / "proxy"], check=True, text=True, stdout=subprocess.PIPE
    )
    assert 'Acquire::https::Proxy "http://proxy.example.com:3128";' in done.stdout
    assert 'Acquire::http::Proxy::mirror.example.com "DIRECT";' in done.stdout


def test_systemd_accepts_the_drop_in_of_a_proxy_with_a_percent_sign(tmp_path: Path) -> None:
    found = local(WHOLE_MACHINES, {"proxy": {"http": "http://proxy.example.com:3128/a%20b"}})
    (tmp_path / "try.service.d").mkdir()
    (tmp_path / "try.service").write_text("[Service]\nExecStart=/bin/true\n")
    (tmp_path / "try.service.d" / DROP_IN).write_text(texts(found)[f"/etc/systemd/system/kubelet.service.d/{DROP_IN}"])
    done = subprocess.run(
        [needed("systemd-analyze"), "verify", "--man=no", tmp_path / "try.service"],
        check=False,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    assert DROP_IN not in done.stdout, done.stdout
