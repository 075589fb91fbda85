"""The local environment as the engine would be told it."""

from functools import cache

import pytest

from provider.protocol.values import UNKNOWN
from workbench.mocks.answers import Answers
from workbench.mocks.recorder import Recorded, Run, run_program

LOCAL = {"preset": "local"}
NODE = "quorate:hosts:Node"


@cache
def program(*, preview: bool = False) -> Run:
    """One run for all promises that only look: issuing forty certificates takes a moment."""
    return run_program(Answers(preview=preview), config=LOCAL, preview=preview)


@pytest.fixture(scope="module", params=["preview", "update"])
def run(request: pytest.FixtureRequest) -> Run:
    return program(preview=request.param == "preview")


def nodes(run: Run) -> list[Recorded]:
    return sorted(run.of(NODE), key=lambda node: node.name)


def test_three_equal_nodes_are_registered_with_the_same_kinds_of_files(run: Run) -> None:
    paths = [(set(files(node, "files")), set(files(node, "secrets"))) for node in nodes(run)]
    assert len(paths) == 3
    assert paths[0] == paths[1] == paths[2]


def test_every_key_and_kubeconfig_travels_as_a_secret_and_nothing_else_does(run: Run) -> None:
    for node in nodes(run):
        marked = {path.split("[")[0].split(".content")[0].removeprefix("secrets.") for path in node.secrets}
        assert marked == set(files(node, "secrets"))


def test_no_private_key_is_in_an_input_that_may_be_shown() -> None:
    run = program()
    for node in nodes(run):
        shown = str({name: value for name, value in node.inputs.items() if name != "secrets"})
        assert "PRIVATE KEY" not in shown
        assert "client-key-data" not in shown
    assert "PRIVATE KEY" not in str(run.outputs)


def test_the_key_of_an_authority_other_than_the_clusters_reaches_no_node(run: Run) -> None:
    for node in nodes(run):
        keys = {path for path in files(node, "secrets") if path.endswith("ca.key")}
        assert keys == {"/etc/kubernetes/pki/ca.key"}


def test_every_node_encrypts_with_the_same_key() -> None:
    run = program()
    texts = {str(files(node, "secrets")["/etc/kubernetes/quorate/encryption.yaml"]) for node in nodes(run)}
    assert len(texts) == 1


def test_names_addresses_and_members_are_known_before_anything_exists() -> None:
    run = program(preview=True)
    judged = [
        *run.of("quorate:index:ControlPlane"),
        *run.of("quorate:etcd:EtcdCluster"),
        *run.of("quorate:etcd:EtcdMember"),
        *run.of("quorate:hosts:VirtualIp"),
    ]
    assert len(judged) == 6
    for resource in judged:
        assert UNKNOWN not in str(resource.inputs)
    for request in run.of("tls:index/certRequest:CertRequest"):
        assert UNKNOWN not in str((request.inputs.get("dnsNames"), request.inputs.get("ipAddresses")))
    for node in nodes(run):
        rendered = {p: f for p, f in files(node, "files").items() if not p.endswith((".crt", ".pub"))}
        assert UNKNOWN not in str(rendered)


def test_what_policies_judge_is_registered_as_outputs_too(run: Run) -> None:
    for resource in (*run.of("quorate:index:ControlPlane"), *run.of("quorate:etcd:EtcdCluster")):
        assert run.component_outputs[resource.urn] == resource.inputs


def test_the_cluster_is_made_after_every_node_and_so_destroyed_before_any(run: Run) -> None:
    cluster = run.one("quorate:hosts:Cluster", "local")
    assert {node.urn for node in nodes(run)} <= set(cluster.dependencies)


def test_leaves_are_issued_by_the_authority_of_their_purpose() -> None:
    run = program()
    authorities = {
        name: run.one("tls:index/selfSignedCert:SelfSignedCert", f"authority-{name}") for name in AUTHORITIES
    }
    for leaf, authority in (("apiserver", "cluster"), ("etcd-peer", "etcd"), ("front-proxy-client", "front-proxy")):
        issued = run.one("tls:index/locallySignedCert:LocallySignedCert", f"cp1-{leaf}")
        assert issued.inputs["caCertPem"] == authorities[authority].state["certPem"]


def test_a_new_leaf_lifetime_changes_no_key_and_no_document() -> None:
    run = program(preview=True)
    shorter = run_program(Answers(preview=True), config={**LOCAL, "certificates": {"leafHours": 4380}}, preview=True)
    for before, after in zip(nodes(run), nodes(shorter), strict=True):
        assert before.inputs == after.inputs
    key = "tls:index/privateKey:PrivateKey"
    assert {r.name: r.inputs for r in run.of(key)} == {r.name: r.inputs for r in shorter.of(key)}


@pytest.mark.acceptance("T07")
def test_five_nodes_add_members_without_touching_the_first_threes_certificates() -> None:
    five = [{"name": f"cp{n}", "address": f"10.88.0.{10 + n}", "failureDomain": f"machine-{n}"} for n in range(1, 6)]
    before = program()
    after = run_program(Answers(), config={**LOCAL, "members": 5, "nodes": five})
    assert len(nodes(after)) == 5
    kind = "tls:index/certRequest:CertRequest"
    kept = {r.name: names(r) for r in after.of(kind)}
    assert {r.name: names(r) for r in before.of(kind)}.items() <= kept.items()


def test_dedicated_balancers_get_the_balancer_and_nothing_of_the_control_plane() -> None:
    balancers = [{"name": f"lb{n}", "address": f"10.88.0.{20 + n}", "failureDomain": f"machine-{n}"} for n in (1, 2)]
    run = run_program(
        Answers(),
        config={
            **LOCAL,
            "balancers": balancers,
            "endpoint": {"port": 6443, "dedicatedHosts": ["lb1", "lb2"]},
        },
    )
    balancer = run.one(NODE, "lb1")
    assert not files(balancer, "secrets")
    assert "/etc/haproxy/haproxy.cfg" in files(balancer, "files")
    assert "/etc/haproxy/haproxy.cfg" not in files(run.one(NODE, "cp1"), "files")


AUTHORITIES = ("cluster", "etcd", "front-proxy")


def files(node: Recorded, kind: str) -> dict[str, object]:
    found = node.inputs.get(kind) or {}
    assert isinstance(found, dict)
    return dict(found)


def names(request: Recorded) -> tuple[str, str]:
    return str(request.inputs.get("dnsNames")), str(request.inputs.get("ipAddresses"))
