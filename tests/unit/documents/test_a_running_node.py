"""A cluster of one, really running in a room: what only a living API server, etcd and balancer can show."""

import base64
import json
import re
import shlex
import time
from collections.abc import Callable, Iterator

import pytest
import yaml

import documents
from documents import nginx
from documents.addons.manifests import manifests
from documents.encryption import key_name
from documents.yaml_text import yaml_text
from plan import Plan
from tests.unit.addons import topologies as addon_plans
from tests.unit.documents.issuing import ENCRYPTION_KEY, issued
from tests.unit.documents.programs import needed
from tests.unit.documents.room import Room, room
from tests.unit.documents.topologies import ALONE, local

PLAN = local(ALONE, {"controlPlane": {"audit": {"level": "RequestResponse"}}})
NODE = PLAN.nodes[0]
ETCD_PKI = "/etc/kubernetes/pki/etcd"
OBJECTS = "/run/add-ons.yaml"
VERSIONS = "jsonpath={.items[*].metadata.resourceVersion}"
MARKED = "body-that-must-stay-secret"


@pytest.fixture(scope="module")
def node() -> Iterator[Room]:
    for program in ("etcd", "etcdctl", "kubeadm", "kube-apiserver", "kubectl", "haproxy", "curl"):
        needed(program)
    with room(addresses=(f"{NODE.address}/24",)) as inside:
        inside.furnish(documents.files(PLAN, NODE), issued(PLAN, NODE))
        inside.run("sh", "-c", f"echo '{NODE.address} {PLAN.endpoint.name}' >> /etc/hosts; mkdir -p /var/lib/etcd/data")
        inside.start(
            "sh", "-c", f"set -a; . /etc/etcd/cluster.env; exec {_command(inside, 'etcd')}", log="/run/etcd.log"
        )
        made = inside.run(
            "kubeadm", "init", "phase", "control-plane", "apiserver", "--config", "/etc/kubernetes/quorate/kubeadm.yaml"
        )
        assert made.returncode == 0, made.stdout
        inside.run("mkdir", "-p", "/var/log/kubernetes/audit")
        inside.start(*_static_pod(inside, "kube-apiserver"), log="/run/apiserver.log")
        inside.start("haproxy", "-db", "-f", "/etc/haproxy/haproxy.cfg", log="/run/haproxy.log")
        _until(lambda: _status(inside, f"https://{NODE.address}:6443/readyz") == "200", inside)
        yield inside


def _command(inside: Room, unit: str) -> str:
    """The command line of a rendered unit."""
    text = (inside.root / f"etc/systemd/system/{unit}.service").read_text()
    found = re.search(r"^ExecStart=((?:.*\\\n)*.*)$", text, re.MULTILINE)
    assert found is not None
    return shlex.join(shlex.split(found[1].replace("\\\n", " ")))


def _static_pod(inside: Room, name: str) -> list[str]:
    manifest = yaml.safe_load((inside.root / f"etc/kubernetes/manifests/{name}.yaml").read_text())
    command: list[str] = manifest["spec"]["containers"][0]["command"]
    return command


def _until(holds: Callable[[], bool], inside: Room, seconds: float = 120) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            logs = {name: (inside.root / f"run/{name}.log").read_text()[-2000:] for name in ("etcd", "apiserver")}
            pytest.fail(f"not within {seconds} s: {json.dumps(logs, indent=1)}")
        time.sleep(0.1)


def _status(inside: Room, url: str, *options: str) -> str:
    """HTTP status of a GET, verified against the cluster's authority; 000 where no connection came about."""
    return inside.run(
        "curl", "-s", "-m", "3", "-o", "/dev/null", "-w", "%{http_code}", "--cacert", "/etc/kubernetes/pki/ca.crt",
        *options, url,
    ).stdout  # fmt: skip


def _kubectl(inside: Room, *arguments: str) -> str:
    answer = inside.run("kubectl", "--kubeconfig", "/etc/kubernetes/super-admin.conf", *arguments)
    assert answer.returncode == 0, answer.stdout
    return answer.stdout


def _etcdctl(inside: Room, *arguments: str) -> str:
    pair = [f"--{o}={ETCD_PKI}/{f}" for o, f in (("cert", "healthcheck-client.crt"), ("key", "healthcheck-client.key"))]
    return inside.run(
        "etcdctl", "--endpoints=https://127.0.0.1:2379", f"--cacert={ETCD_PKI}/ca.crt", *pair, *arguments
    ).stdout


@pytest.mark.parametrize("path", ["/livez", "/readyz", "/healthz"])
def test_a_stranger_may_ask_whether_the_api_server_is_well(node: Room, path: str) -> None:
    assert _status(node, f"https://{NODE.address}:6443{path}") == "200"


@pytest.mark.parametrize("path", ["/version", "/api", "/metrics", "/readyz/etcd", "/openid/v1/jwks"])
def test_a_stranger_may_ask_nothing_else(node: Room, path: str) -> None:
    assert _status(node, f"https://{NODE.address}:6443{path}") == "401"


def test_the_endpoint_leads_through_haproxy_to_the_api_server(node: Room) -> None:
    _until(lambda: _status(node, f"{PLAN.endpoint.server}/readyz") == "200", node, seconds=30)


def test_haproxy_says_that_it_lives_on_loopback_only(node: Room) -> None:
    assert _status(node, "http://127.0.0.1:8404/alive") == "200"
    assert _status(node, f"http://{NODE.address}:8404/alive") == "000"


def test_etcd_refuses_plaintext_and_clients_without_a_certificate(node: Room) -> None:
    assert _status(node, f"http://{NODE.address}:2379/health") == "000"
    assert _status(node, f"https://{NODE.address}:2379/health", "--cacert", f"{ETCD_PKI}/ca.crt") == "000"
    assert _status(node, f"https://{NODE.address}:2380/members", "--cacert", f"{ETCD_PKI}/ca.crt") == "000"


def test_etcd_tells_its_health_on_loopback_only(node: Room) -> None:
    assert _status(node, "http://127.0.0.1:2381/health") == "200"
    assert _status(node, f"http://{NODE.address}:2381/health") == "000"


def test_secrets_and_configuration_are_stored_encrypted_under_a_key_named_by_its_hash(node: Room) -> None:
    _kubectl(node, "create", "secret", "generic", "drill", f"--from-literal=word={MARKED}")
    _kubectl(node, "create", "configmap", "drill", f"--from-literal=word={MARKED}")
    for kind in ("secrets", "configmaps"):
        stored = _etcdctl(node, "get", f"/registry/{kind}/default/drill", "--write-out=json")
        value = base64.b64decode(json.loads(stored)["kvs"][0]["value"])
        assert value.startswith(f"k8s:enc:secretbox:v1:{key_name(ENCRYPTION_KEY)}:".encode())
        assert MARKED.encode() not in value


def test_the_audit_log_never_holds_a_secret_even_at_its_most_talkative_level(node: Room) -> None:
    _kubectl(node, "create", "secret", "generic", "audited", f"--from-literal=word={MARKED}")
    _kubectl(node, "create", "serviceaccount", "audited")
    token = _kubectl(node, "create", "token", "audited").strip()
    _kubectl(node, "get", "secret", "audited", "-o", "yaml")
    log = (node.root / "var/log/kubernetes/audit/audit.log").read_text()
    assert '"name":"audited"' in log
    assert '"requestObject"' in log
    encoded = base64.b64encode(MARKED.encode()).decode()
    assert not [word for word in (MARKED, encoded, token) if word in log]


def test_the_bindings_can_be_applied_again_and_again(node: Room) -> None:
    for _ in range(2):
        applied = _kubectl(
            node, "apply", "--server-side", "--force-conflicts", "-f", "/etc/kubernetes/quorate/rbac.yaml"
        )
        assert applied.count("serverside-applied") == 2


def test_tokens_are_issued_in_the_name_of_the_endpoint(node: Room) -> None:
    found = json.loads(_kubectl(node, "get", "--raw", "/.well-known/openid-configuration"))
    assert found["issuer"] == PLAN.endpoint.server


def test_nginx_leads_to_the_api_server_as_well(node: Room) -> None:
    needed("nginx")
    node.write("/etc/nginx/nginx.conf", nginx.configuration(PLAN))
    node.run("pkill", "haproxy")
    _until(lambda: _status(node, "http://127.0.0.1:8404/alive") == "000", node, seconds=30)
    node.start("nginx", "-g", "daemon off;", log="/run/nginx.log")
    _until(lambda: _status(node, "http://127.0.0.1:8404/alive") == "200", node, seconds=30)
    assert _status(node, f"{PLAN.endpoint.server}/readyz") == "200"
    assert _status(node, f"http://{NODE.address}:8404/alive") == "000"


@pytest.mark.parametrize("plan", [addon_plans.local(), addon_plans.aws(addon_plans.EVERYTHING)], ids=["local", "aws"])
def test_the_api_server_takes_every_add_on_to_the_letter_and_finds_nothing_changed_the_second_time(
    node: Room, plan: Plan
) -> None:
    node.write(OBJECTS, yaml_text(*(document for documents_ in manifests(plan).values() for document in documents_)))
    apply = ("apply", "--server-side", "--validate=strict", "--force-conflicts", "-f", OBJECTS)
    assert "Warning" not in _kubectl(node, *apply)
    versions = _kubectl(node, "get", "-f", OBJECTS, "-o", VERSIONS)
    _kubectl(node, *apply)
    assert _kubectl(node, "get", "-f", OBJECTS, "-o", VERSIONS) == versions


def test_a_safe_namespace_refuses_pods_that_are_privileged_and_tells_containers_what_they_get(node: Room) -> None:
    space = addon_plans.aws(addon_plans.EVERYTHING).namespaces[0].name
    _kubectl(node, "create", "serviceaccount", "default", "-n", space)
    refused = _refused(node, space, "pod-that-may-everything", '{"privileged": true}')
    assert 'violates PodSecurity "restricted:v1.36"' in refused
    bounds = json.loads(_kubectl(node, "get", "limitrange", "-n", space, "-o", "json"))["items"][0]["spec"]["limits"][0]
    assert bounds["default"] == {"cpu": "500m", "memory": "256Mi"}


def _refused(inside: Room, space: str, name: str, security: str) -> str:
    pod = f'''{{"apiVersion": "v1", "kind": "Pod", "metadata": {{"name": "{name}"}}, "spec": {{"containers": [
        {{"name": "one", "image": "example.com/one:1", "securityContext": {security}}}]}}}}'''
    inside.write("/run/pod.json", pod)
    configuration = ("--kubeconfig", "/etc/kubernetes/super-admin.conf")
    answer = inside.run("kubectl", *configuration, "create", "-n", space, "-f", "/run/pod.json")
    assert answer.returncode != 0
    return answer.stdout
