"""What a workload sees of the cluster: its Services by name, the API, and its own use of processors."""

from collections.abc import Iterator

import pytest

from workbench.lab.cluster import NODES, Cluster
from workbench.lab.wait import NotYet, until
from workbench.lab.workload import NAME, Refused, Workload, served

API = "10.96.0.1"
ANSWER_SECONDS = 30.0
METRICS_SECONDS = 90.0  # two readings of every kubelet, 15 s apart


@pytest.fixture(scope="module")
def workload(cluster: Cluster) -> Iterator[Workload]:
    with served(cluster) as made:
        yield made


@pytest.mark.parametrize("node", NODES)
def test_a_service_answers_by_its_name_from_every_node_with_each_of_its_pods(workload: Workload, node: str) -> None:
    wanted, seen = set(workload.pods.values()), set[str]()

    def every_pod_has_answered() -> None:
        seen.add(workload.ask(node, "get", f"http://{NAME}.default.svc.cluster.local/"))
        if seen != wanted:
            raise NotYet(f"{sorted(seen)} of {sorted(wanted)}")

    until(f"each pod answers {node}", every_pod_has_answered, seconds=ANSWER_SECONDS)
    assert workload.ask(node, "get", f"http://{NAME}/") in wanted


@pytest.mark.parametrize("node", NODES)
def test_nslookup_of_the_api_answers_in_a_pod_of_every_node(workload: Workload, node: str) -> None:
    shown = workload.ask(node, "nslookup", "kubernetes.default")
    assert "Server: 10.96.0.10:53" in shown
    assert f"Address: {API}" in shown.splitlines()


def test_a_pod_trusts_the_api_at_its_service_address_and_by_its_name(workload: Workload) -> None:
    for server in (API, "kubernetes.default.svc"):
        assert workload.ask("cp2", "get", f"https://{server}/readyz") == "ok"


def test_top_shows_nodes_and_pods(workload: Workload) -> None:
    def top() -> None:
        for what, wanted in (("nodes", set(NODES)), ("pods", set(workload.pods.values()))):
            try:
                shown = workload.kubectl("top", what, "--no-headers")
            except Refused as refused:
                raise NotYet(str(refused)) from None
            if not wanted <= {line.split()[0] for line in shown.splitlines()}:
                raise NotYet(shown)

    until("kubectl top answers", top, seconds=METRICS_SECONDS)
