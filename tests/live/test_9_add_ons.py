"""What runs inside the cluster: names, Services, metrics, and that losing a node is not felt."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from workbench.lab.api import Json
from workbench.lab.cluster import NODES, Cluster
from workbench.lab.machines import CommandFailed
from workbench.lab.pods import Pod, dns_pods, pod
from workbench.lab.wait import NotYet, until
from workbench.lab.workload import IMAGE, PORT, install

API_SERVICE, DNS_SERVICE = "10.96.0.1", "10.96.0.10"
APPS = "/apis/apps/v1/namespaces/default/deployments"
SCALERS = "/apis/autoscaling/v2/namespaces/default/horizontalpodautoscalers"
PODS_SECONDS = 120.0
METRICS_SECONDS = 90.0
CREATED, LOAD_SECONDS = 201, 90
SCALE_SECONDS = 240.0  # metrics are 15 s old, the controller looks every 15 s
# One question of type A to a server, with a short patience, as a client that tries again would ask. Prints the answer.
ASK = """import socket, struct, sys
name, server, patience = sys.argv[1], sys.argv[2], float(sys.argv[3])
question = b"".join(bytes([len(p)]) + p.encode() for p in name.split(".")) + b"\\0" + struct.pack(">HH", 1, 1)
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
    asking.settimeout(patience)
    asking.sendto(struct.pack(">HHHHHH", 7, 0x100, 1, 0, 0, 0) + question, (server, 53))
    answer = asking.recv(4096)
code, count = answer[3] & 15, struct.unpack(">H", answer[6:8])[0]
sys.exit(f"code {code}, {count} answers") if code or not count else print(socket.inet_ntoa(answer[-4:]))
"""


def resolve(one: Pod, name: str, *, patience: float = 3.0) -> str:
    """The address that cluster DNS gives. Raises `CommandFailed`."""
    return one.run("python3", "-c", ASK, name, DNS_SERVICE, str(patience)).strip()


def test_every_pod_runs_and_every_node_is_ready(cluster: Cluster) -> None:
    def running() -> None:
        pods = cluster.api().get("/api/v1/pods").items()
        phases = {pod_.text("metadata", "name"): pod_.text("status", "phase") for pod_ in pods}
        waiting = {name: phase for name, phase in phases.items() if phase != "Running"}
        if waiting or not any(name.startswith("coredns") for name in phases):
            raise NotYet(f"not running: {waiting or 'no add-on'}")

    until("all pods run", running, seconds=PODS_SECONDS)
    until("all nodes are ready", cluster.nodes_are_ready, seconds=PODS_SECONDS)


@pytest.mark.acceptance("T18")
@pytest.mark.parametrize("node", NODES)
def test_names_of_the_cluster_resolve_in_a_pod_of_every_node(cluster: Cluster, node: str) -> None:
    with pod(cluster, node) as one:
        assert resolve(one, "kubernetes.default.svc.cluster.local") == API_SERVICE
        with pytest.raises(CommandFailed, match="code 3"):
            resolve(one, "nobody.default.svc.cluster.local")


def test_a_pod_reaches_the_api_by_its_service_address(cluster: Cluster) -> None:
    with pod(cluster, "cp2") as one:
        assert one.run("curl", "-sk", "--max-time", "5", f"https://{API_SERVICE}/readyz") == "ok"


def test_every_kubelet_is_measured_over_a_verified_connection(cluster: Cluster) -> None:
    def measured() -> None:
        found = {
            node.text("metadata", "name") for node in cluster.api().get("/apis/metrics.k8s.io/v1beta1/nodes").items()
        }
        if found != set(NODES):
            raise NotYet(f"measured: {sorted(found)}")

    until("every node is measured", measured, seconds=METRICS_SECONDS)
    flags = cluster.api().get("/apis/apps/v1/namespaces/kube-system/deployments/metrics-server").body
    assert "kubelet-insecure-tls" not in str(flags)
    api = cluster.api().get("/apis/apiregistration.k8s.io/v1/apiservices/v1beta1.metrics.k8s.io")
    assert api.text("spec", "caBundle")
    assert api.at("spec", "insecureSkipTLSVerify") is None


def test_names_resolve_on_with_the_replicas_of_two_nodes_gone(cluster: Cluster) -> None:
    with pod(cluster, "cp1") as one:
        for found in dns_pods(cluster):
            if found.text("spec", "nodeName") != "cp1":
                name = found.text("metadata", "name")
                cluster.api().call("DELETE", f"/api/v1/namespaces/kube-system/pods/{name}", deadline=5)
        assert resolve(one, "kubernetes.default.svc.cluster.local") == API_SERVICE


@pytest.mark.drill
def test_a_workload_scales_up_under_load_and_down_without_it(cluster: Cluster) -> None:
    with scaled(cluster):
        until("two replicas run", lambda: replicas(cluster, at_least=2), seconds=PODS_SECONDS)
        pods = cluster.api().get("/api/v1/namespaces/default/pods?labelSelector=app%3Dweb").items()
        for address in (found.text("status", "podIP") for found in pods):
            busy = f"http://{address}:{PORT}/burn?seconds={LOAD_SECONDS}"
            cluster.machines.run("cp1", "systemd-run", "--quiet", "curl", "--silent", busy)
        until("more replicas under load", lambda: replicas(cluster, at_least=3), seconds=SCALE_SECONDS)
        until("two replicas again", lambda: replicas(cluster, at_most=2), seconds=SCALE_SECONDS)


def replicas(cluster: Cluster, *, at_least: int = 1, at_most: int = 99) -> None:
    count = cluster.api().get(f"{APPS}/web").at("status", "readyReplicas")
    if not isinstance(count, int) or not at_least <= count <= at_most:
        raise NotYet(f"{count} replicas are ready")


@contextmanager
def scaled(cluster: Cluster) -> Iterator[None]:
    """The tests' workload with the autoscaler of docs/addons.md; going down it waits for nothing."""
    install(cluster)
    container: Json = {
        "name": "web",
        "image": IMAGE,
        "imagePullPolicy": "Never",
        "readinessProbe": {"httpGet": {"path": "/", "port": PORT}, "periodSeconds": 2},
        "resources": {"requests": {"cpu": "20m"}},
    }
    labels: Json = {"app": "web"}
    pod_: Json = {"tolerations": [{"operator": "Exists"}], "containers": [container]}
    deployment: Json = {
        "metadata": {"name": "web"},
        "spec": {
            "selector": {"matchLabels": labels},
            "replicas": 2,
            "template": {"metadata": {"labels": labels}, "spec": pod_},
        },
    }
    cpu: Json = {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 50}}
    scaler: Json = {
        "metadata": {"name": "web"},
        "spec": {
            "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"},
            "minReplicas": 2,
            "maxReplicas": 4,
            "metrics": [{"type": "Resource", "resource": cpu}],
            "behavior": {"scaleDown": {"stabilizationWindowSeconds": 0}},
        },
    }
    try:
        for path, body in ((APPS, deployment), (SCALERS, scaler)):
            assert cluster.api().post(path, body).status == CREATED
        yield
    finally:
        for path in (SCALERS, APPS):
            cluster.api().call("DELETE", f"{path}/web", deadline=10)
