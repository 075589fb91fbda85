from plan import Plan, make
from plan.loading.configuration import read
from tests.unit.plan.golden import FILE, rendered
from tests.unit.plan.site import nodes, settings

PLAN = make(read({"preset": "local"}))


def leaf_names(plan: Plan, node: str) -> list[str]:
    return [certificate.name for certificate in plan.certificates_of(node)]


def test_the_leaves_of_the_local_preset_are_as_reviewed() -> None:
    assert rendered() == FILE.read_text(), "read the difference; if meant, run `python -m tests.unit.plan.golden`"


def test_every_node_gets_the_same_leaves() -> None:
    assert leaf_names(PLAN, "cp1") == leaf_names(PLAN, "cp2") == leaf_names(PLAN, "cp3")
    assert len([c for c in PLAN.certificates if c.node]) == 3 * len(leaf_names(PLAN, "cp1"))


def test_no_node_gets_the_leaves_of_the_add_ons_and_without_add_ons_there_are_none() -> None:
    own = [c for c in PLAN.certificates if c.node is None]
    assert [(c.name, c.subject.organization, c.usages[-1]) for c in own] == [
        ("add-ons", "kubeadm:cluster-admins", "client_auth"),
        ("metrics-server", None, "server_auth"),
    ]
    assert not [c for c in make(settings({})).certificates if c.node is None]


def test_every_leaf_is_one_file_or_one_kubeconfig_and_no_two_share_a_place() -> None:
    for node in PLAN.nodes:
        leaves = PLAN.certificates_of(node.name)
        assert all((leaf.path is None) != (leaf.kubeconfig is None) for leaf in leaves)
        assert len({leaf.path or leaf.kubeconfig for leaf in leaves}) == len(leaves)


def test_the_api_server_is_valid_for_every_name_by_which_it_is_dialled_in_this_order() -> None:
    leaf = next(c for c in PLAN.certificates_of("cp2") if c.name == "apiserver")
    assert leaf.dns_names == (
        "kubernetes",
        "kubernetes.default",
        "kubernetes.default.svc",
        "kubernetes.default.svc.cluster.local",
        "api.local.quorate.internal",
        "cp2",
        "localhost",
    )
    assert [str(a) for a in leaf.addresses] == ["10.88.0.10", "10.88.0.12", "10.96.0.1", "127.0.0.1", "::1"]


def test_the_api_server_follows_the_clusters_own_domain_and_both_families() -> None:
    dual = {"pods": ["10.244.0.0/16", "fd01::/56"], "services": ["10.96.0.0/16", "fd02::/112"]}
    changes = {f"network.{key}": value for key, value in dual.items()} | {"network.dnsDomain": "k8s.internal"}
    leaf = next(c for c in make(settings(changes)).certificates if c.name == "apiserver")
    assert "kubernetes.default.svc.k8s.internal" in leaf.dns_names
    assert {"10.96.0.1", "fd02::1"} <= {str(a) for a in leaf.addresses}


def test_etcd_members_are_server_and_client_for_their_own_names_only() -> None:
    for name in ("etcd-server", "etcd-peer"):
        leaf = next(c for c in PLAN.certificates_of("cp3") if c.name == name)
        assert leaf.dns_names == ("cp3", "localhost")
        assert [str(a) for a in leaf.addresses] == ["10.88.0.13", "127.0.0.1", "::1"]
        assert {"server_auth", "client_auth"} <= set(leaf.usages)


def test_no_kubelet_certificate_opens_etcd() -> None:
    by_issuer = {c.name: c.issuer.name for c in PLAN.certificates_of("cp1")}
    assert {name for name, issuer in by_issuer.items() if issuer == "etcd"} == {
        "etcd-server",
        "etcd-peer",
        "etcd-healthcheck-client",
        "apiserver-etcd-client",
    }
    assert [name for name, issuer in by_issuer.items() if issuer == "front-proxy"] == ["front-proxy-client"]


def test_only_the_last_resort_belongs_to_the_group_that_rbac_cannot_limit() -> None:
    assert {c.name for c in PLAN.certificates if c.subject.organization == "system:masters"} == {"super-admin"}


def test_a_client_certificate_serves_nothing_and_a_serving_certificate_calls_nobody() -> None:
    for leaf in PLAN.certificates:
        if leaf.name not in {"etcd-server", "etcd-peer"}:
            assert ("server_auth" in leaf.usages) != ("client_auth" in leaf.usages)
            assert bool(leaf.dns_names) == ("server_auth" in leaf.usages)


def test_leaves_of_two_nodes_never_fall_due_together() -> None:
    plan = make(settings({"members": 7, "nodes": nodes(7)}))
    due = {node.name: {c.early_renewal_hours for c in plan.certificates_of(node.name)} for node in plan.nodes}
    assert all(len(hours) == 1 for hours in due.values())
    assert len({min(hours) for hours in due.values()}) == 7


def test_a_further_node_leaves_the_certificates_of_the_others_as_they_are() -> None:
    three, five = (make(settings({"members": n, "nodes": nodes(n)})) for n in (3, 5))
    assert five.certificates[: len(three.certificates)] == three.certificates
