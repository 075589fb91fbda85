"""What a new cluster does for its clients."""

import secrets
import ssl
import time
from functools import partial

import pytest
from cryptography import x509

from workbench.lab.access import Address
from workbench.lab.api import Connection
from workbench.lab.cluster import NODES, Cluster
from workbench.lab.pods import dns_pods
from workbench.lab.wait import until

CONFIGMAPS = "/api/v1/namespaces/default/configmaps"
# With external etcd, kubeadm leaves etcd's certificates to whoever made them.
KUBEADM_KNOWS = (
    "admin.conf",
    "apiserver",
    "apiserver-kubelet-client",
    "controller-manager.conf",
    "front-proxy-client",
    "scheduler.conf",
)
SERVICE_NAMES = (
    "kubernetes",
    "kubernetes.default",
    "kubernetes.default.svc",
    "kubernetes.default.svc.cluster.local",
)


@pytest.mark.acceptance("T06")
def test_every_server_shows_three_ready_nodes(cluster: Cluster) -> None:
    for place in (cluster.site.endpoint, *cluster.site.servers):
        until(f"{place.name} shows three Ready nodes", partial(cluster.nodes_are_ready, place), seconds=30)


def test_every_check_behind_readyz_is_ok_through_the_address_and_on_each_server(cluster: Cluster) -> None:
    for place in (cluster.site.endpoint, *cluster.site.servers):
        answer = cluster.api(place).get("/readyz?verbose")
        assert answer.status == 200, f"{place.name}: {answer.body}"
        assert "[-]" not in str(answer.body)


@pytest.mark.parametrize("written_at", NODES)
def test_a_configmap_written_through_one_server_is_read_through_the_other_two(
    cluster: Cluster, written_at: str
) -> None:
    places = {place.name: place for place in cluster.site.servers}
    name = f"written-at-{written_at}-{secrets.token_hex(4)}"
    made = cluster.api(places[written_at]).post(CONFIGMAPS, {"metadata": {"name": name}, "data": {"at": written_at}})
    assert made.status == 201, made.body
    for other in set(places) - {written_at}:
        assert cluster.api(places[other]).get(f"{CONFIGMAPS}/{name}").text("data", "at") == written_at


@pytest.mark.acceptance("T11")
def test_the_api_certificate_of_each_node_names_all_ways_to_reach_it_and_each_name_handshakes(
    cluster: Cluster,
) -> None:
    for place in cluster.site.servers:
        names = subject_names(place)
        first_service_address = cluster.api(place).get("/api/v1/namespaces/default/services/kubernetes")
        expected = {
            *SERVICE_NAMES,
            *(cluster.ground.api_name, cluster.ground.virtual_ip, place.name, place.host, "localhost", "127.0.0.1"),
            first_service_address.text("spec", "clusterIP"),
        }
        assert expected <= names, f"{place.name} lacks {expected - names}"
        for name in names:
            by_name = Address(name=name, host=place.host, port=place.port, server_name=name)
            answer = Connection(cluster.site.access, by_name).get("/readyz")
            assert answer.status == 200, f"{place.name} as {name}"


def subject_names(place: Address) -> set[str]:
    """DNS names and addresses in the certificate that is shown there."""
    pem = ssl.get_server_certificate((place.host, place.port), timeout=5)
    extension = x509.load_pem_x509_certificate(pem.encode()).extensions
    names = extension.get_extension_for_class(x509.SubjectAlternativeName).value
    addresses = names.get_values_for_type(x509.IPAddress)
    return {*names.get_values_for_type(x509.DNSName), *(str(address) for address in addresses)}


@pytest.mark.acceptance("T05")
@pytest.mark.parametrize("component", ["kube-scheduler", "kube-controller-manager"])
def test_of_three_that_run_one_is_at_work(cluster: Cluster, component: str) -> None:
    holder = until(f"one {component} holds the lease", lambda: cluster.site.at_work(component), seconds=30)
    assert holder in NODES
    for name in NODES:
        cluster.machines.run(name, "pgrep", "--full", f"^{component} .*--leader-elect=true")


@pytest.mark.acceptance("T19")
def test_the_clocks_of_all_machines_are_in_step(cluster: Cluster) -> None:
    # Machines on this computer have the host's clock, and chrony stays off in them: agent/steps/time.py.
    for name in NODES:
        before = time.time()
        shown = float(cluster.machines.run(name, "date", "+%s.%N"))
        assert before - 0.5 <= shown <= time.time() + 0.5, f"{name} is {shown - before:+.1f} s off"


def test_without_a_certificate_only_the_health_paths_answer(cluster: Cluster) -> None:
    for place in (cluster.site.endpoint, *cluster.site.servers):
        nobody = cluster.api(place, certificate=False)
        statuses = {path: nobody.get(path).status for path in ("/livez", "/readyz", "/version", "/api", "/metrics")}
        assert statuses == {"/livez": 200, "/readyz": 200, "/version": 401, "/api": 401, "/metrics": 401}


@pytest.mark.acceptance("T14")
def test_kubeadm_lists_the_expiry_of_every_certificate_on_every_node(cluster: Cluster) -> None:
    command = ("kubeadm", "certs", "check-expiration", "--config", "/etc/kubernetes/quorate/kubeadm.yaml")
    for name in cluster.machines.names:
        shown = cluster.machines.run(name, *command, seconds=30)
        for certificate in KUBEADM_KNOWS:
            assert f"\n{certificate} " in shown, f"{name}: {shown}"
        assert "!MISSING!" not in shown, shown


def test_cluster_dns_has_a_replica_on_every_node(cluster: Cluster) -> None:
    # Of a cluster that has lost no machine: the scheduler moves no pod that runs.
    assert sorted(found.text("spec", "nodeName") for found in dns_pods(cluster)) == sorted(NODES)
