"""A worker joins, works, and leaves; the control plane does not notice."""

import json
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from workbench.lab.cluster import NODES, Cluster
from workbench.lab.ground import LIVE
from workbench.lab.machines import CommandFailed
from workbench.lab.pods import pod
from workbench.lab.wait import NotYet, until

NAME, ADDRESS = "w1", f"{LIVE.prefix}.21"
WORKER = {"name": NAME, "address": ADDRESS, "failureDomain": NAME}
ASK = ("curl", "--insecure", "--silent", "--show-error", "--fail", "--max-time", "5")
SECRETS = "/api/v1/namespaces/kube-system/secrets?fieldSelector=type%3Dbootstrap.kubernetes.io%2Ftoken"


@pytest.fixture(scope="module")
def with_worker(cluster: Cluster) -> Cluster:
    cluster.stack.set({**LIVE.settings(), "workers": [WORKER]})
    made = cluster.stack.up().good()
    cluster.figures.add("pulumi up with one worker more", f"{made.seconds:.1f} s")
    return cluster


def node(cluster: Cluster) -> None:
    found = cluster.api().get(f"/api/v1/nodes/{NAME}")
    conditions = found.at("status", "conditions")
    ready = (
        [one for one in conditions if isinstance(one, dict) and one["type"] == "Ready"]
        if isinstance(conditions, list)
        else []
    )
    if not ready or ready[0]["status"] != "True":
        raise NotYet(f"{found.at('status', 'conditions')}")
    assert found.at("spec", "podCIDRs") == ["10.244.21.0/24"]


def test_a_worker_becomes_ready_with_its_planned_range(with_worker: Cluster) -> None:
    until(f"{NAME} is Ready", lambda: node(with_worker), seconds=60)


def test_no_token_is_left_and_none_was_ever_shown_or_kept(with_worker: Cluster) -> None:
    assert with_worker.api().get(SECRETS).items() == []
    for place in ("/run/quorate/bootstrap-kubelet.conf", "/var/lib/quorate/attempted"):
        with pytest.raises(CommandFailed):
            with_worker.machines.run(NAME, "ls", place)


def test_a_worker_has_nothing_of_the_control_plane(with_worker: Cluster) -> None:
    listed = with_worker.machines.run(NAME, "find", "/etc/kubernetes", "/var/lib/etcd", "-type", "f").split()
    assert "/etc/kubernetes/pki/ca.crt" in listed
    assert not [path for path in listed if path.endswith(".key") or "etcd" in path or "manifests" in path]
    shown = with_worker.machines.run(NAME, "ls", "/usr/local/bin").split()
    assert not {"etcd", "etcdctl", "kubeadm", "kubectl"} & set(shown)


@pytest.mark.acceptance("T16")
def test_etcd_tells_a_worker_nothing_even_with_the_certificate_of_its_kubelet(with_worker: Cluster) -> None:
    own = "/var/lib/kubelet/pki/kubelet-client-current.pem"
    for address in NODES.values():
        for more in ((), ("--cert", own, "--key", own)):
            with pytest.raises(CommandFailed):
                with_worker.machines.run(NAME, *ASK, *more, f"https://{address}:2379/version")


def test_pods_of_the_worker_and_of_the_control_plane_reach_each_other(with_worker: Cluster) -> None:
    with pod(with_worker, NAME) as one, pod(with_worker, "cp1") as other:
        one.serve()
        other.serve()
        assert until("worker to control plane", lambda: one.calls(other.address), seconds=20) == one.address
        assert until("control plane to worker", lambda: other.calls(one.address), seconds=20) == other.address


def test_the_api_reads_logs_of_the_worker_through_a_verified_kubelet(with_worker: Cluster) -> None:
    with pod(with_worker, NAME) as one:
        answer = with_worker.api().get(f"/api/v1/namespaces/default/pods/{one.name}/log")
        assert answer.status == 200, answer.body
        kubeconfig = "--kubeconfig=/etc/kubernetes/admin.conf"
        # The image has nothing but its own program: what counts is who says so, the runtime behind the kubelet.
        with pytest.raises(CommandFailed, match="no such file or directory"):
            with_worker.machines.run("cp1", "kubectl", kubeconfig, "exec", one.name, "--", "/bin/nothing", seconds=20)
    served = with_worker.machines.run(
        "cp1",
        "openssl",
        "verify",
        "-CAfile",
        "/etc/kubernetes/pki/ca.crt",
        "-verify_ip",
        ADDRESS,
        *_served(with_worker),
    )
    assert served.strip().endswith("OK")


def _served(cluster: Cluster) -> tuple[str]:
    """A file on cp1 with the certificate that the worker's kubelet shows."""
    path = "/run/served.pem"
    script = f"openssl s_client -connect {ADDRESS}:10250 </dev/null 2>/dev/null | openssl x509 > {path}"
    cluster.machines.run("cp1", "sh", "-c", script)
    return (path,)


def test_a_request_that_is_not_planned_stays_unapproved(with_worker: Cluster) -> None:
    with forged(with_worker) as name:
        until("the approver has seen it", lambda: refused(with_worker, name), seconds=20)
        found = with_worker.api().get(f"/apis/certificates.k8s.io/v1/certificatesigningrequests/{name}")
        assert not found.at("status", "conditions")


def refused(cluster: Cluster, name: str) -> None:
    shown = "".join(
        cluster.machines.run(at, "journalctl", "-u", "quorate-approver", "-o", "cat", "--no-pager") for at in NODES
    )
    if f"{name} of " not in shown or "is not approved" not in shown:
        raise NotYet("nothing in the journals")


@contextmanager
def forged(cluster: Cluster) -> Iterator[str]:
    """A serving request for the name of a control-plane node, made by an administrator who is no node."""
    name = "forged"
    cluster.machines.run(
        *("cp1", "sh", "-c"),
        "openssl req -new -nodes -newkey ec -pkeyopt ec_paramgen_curve:P-256 -keyout /run/forged.key "
        "-subj /O=system:nodes/CN=system:node:cp1 -out /run/forged.csr 2>/dev/null",
    )
    pem = cluster.machines.run("cp1", "base64", "-w0", "/run/forged.csr").strip()
    spec = {
        "request": pem,
        "signerName": "kubernetes.io/kubelet-serving",
        "usages": ["digital signature", "server auth"],
    }
    body = {"metadata": {"name": name}, "spec": spec}
    requests = "/apis/certificates.k8s.io/v1/certificatesigningrequests"
    made = cluster.api().call("POST", requests, json.loads(json.dumps(body)), deadline=5)
    assert made.status == 201, made.body
    try:
        yield name
    finally:
        cluster.api().call("DELETE", f"{requests}/{name}", deadline=5)


def test_nothing_is_left_to_do_for_the_worker(with_worker: Cluster) -> None:
    with_worker.stack.refresh("--expect-no-changes").good()
    with_worker.stack.preview("--expect-no-changes").good()


def test_a_worker_that_goes_is_drained_and_forgotten(with_worker: Cluster) -> None:
    with_worker.stack.set(LIVE.settings())
    with_worker.stack.up().good()
    assert with_worker.api().get(f"/api/v1/nodes/{NAME}").status == 404
    for at in NODES:
        assert "10.244.21.0/24" not in with_worker.machines.run(at, "ip", "route")
    until("three nodes are Ready", with_worker.nodes_are_ready, seconds=30)
