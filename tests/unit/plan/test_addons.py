"""Which add-ons are refused, and why; all of it before anything is created."""

import pytest

from plan.loading.configuration import read
from tests.unit.plan.aws_site import SUBNETS, at
from tests.unit.plan.aws_site import plan as aws_plan
from tests.unit.plan.aws_site import refusal as aws_refusal
from tests.unit.plan.site import refusal, refusals, settings

DIGEST = f"sha256:{'a' * 64}"
CHART = {"path": "charts/cilium-1.18.4.tgz", "version": "1.18.4", "digest": DIGEST}
SPACE = {"name": "apps"}


def test_add_ons_are_off_until_they_are_asked_for() -> None:
    assert not settings().addons.enabled


def test_an_unknown_add_on_is_refused_with_the_one_that_was_meant() -> None:
    said = refusal({"addons": {"metricServer": {}}})
    assert said.at == "addons.metricServer"
    assert said.fix == "did you mean `metricsServer`?"


@pytest.mark.parametrize("image", ["registry.k8s.io/coredns/coredns", "registry.k8s.io/coredns/coredns:latest", "x:1"])
def test_an_image_without_a_fixed_version_is_refused(image: str) -> None:
    said = refusal({"addons": {"coreDns": {"image": image}}})
    assert said.at == "addons.coreDns.image"
    assert "different days" in said.why


@pytest.mark.parametrize("image", ["registry.k8s.io/coredns/coredns:v1.14.2", f"reg:5000/coredns@{DIGEST}"])
def test_an_image_with_a_tag_or_a_digest_is_accepted(image: str) -> None:
    assert settings({"addons": {"coreDns": {"image": image}}}).addons.core_dns.image == image


@pytest.mark.parametrize("kind", ["cilium", "calico"])
def test_a_network_that_comes_by_chart_needs_one(kind: str) -> None:
    assert refusal({"addons": {"podNetwork": {"kind": kind}}}).at == "addons.podNetwork.chart"


def test_a_chart_that_nothing_installs_is_refused() -> None:
    assert refusal({"addons": {"podNetwork": {"chart": CHART}}}).what == "left out"


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("digest", ""),
        ("digest", "sha256:abc"),
        ("version", "1.18"),
        ("version", "latest"),
        ("path", "oci://quay.io/cilium/charts/cilium"),
    ],
)
def test_a_chart_is_pinned_by_exact_version_and_digest(key: str, value: str) -> None:
    said = refusal({"addons": {"podNetwork": {"kind": "cilium", "chart": {**CHART, key: value}}}})
    assert said.at == f"addons.podNetwork.chart.{key}"


def test_a_chart_without_a_digest_is_told_the_command_that_prints_it() -> None:
    chart = {key: value for key, value in CHART.items() if key != "digest"}
    said = refusal({"addons": {"podNetwork": {"kind": "cilium", "chart": chart}}})
    assert (said.found, said.fix) == (
        "missing",
        "`sha256sum charts/cilium-1.18.4.tgz` prints it, once you trust the file",
    )


def test_cert_manager_needs_its_chart() -> None:
    assert refusal({"addons": {"certManager": {"enabled": True}}}).at == "addons.certManager.chart"


def test_nobody_leading_services_to_pods_is_refused() -> None:
    assert refusal({"addons": {"kubeProxy": {"enabled": False}}}).at == "addons.kubeProxy.enabled"
    cilium = {"podNetwork": {"kind": "cilium", "chart": CHART}, "kubeProxy": {"enabled": False}}
    assert not refusals({"addons": cilium})


def test_one_replica_of_dns_is_refused_where_there_is_more_than_one_node() -> None:
    assert "no name resolves" in refusal({"addons": {"coreDns": {"atLeast": 1}}}).why


@pytest.mark.parametrize("key", ["coresPerReplica", "nodesPerReplica", "cores"])
def test_numbers_that_nothing_can_be_divided_by_are_refused(key: str) -> None:
    assert refusal({"addons": {"coreDns": {key: 0}}}).at == f"addons.coreDns.{key}"


@pytest.mark.parametrize("domain", ["cluster.local", "apps.cluster.local", "local", "not a name"])
def test_a_stub_domain_that_takes_the_clusters_own_names_or_is_none_is_refused(domain: str) -> None:
    stub = {"domain": domain, "servers": ["10.150.0.1"]}
    assert refusal({"addons": {"coreDns": {"stubDomains": [stub]}}}).at == "addons.coreDns.stubDomains[0].domain"


def test_a_stub_domain_needs_a_server_and_is_listed_once() -> None:
    stub = {"domain": "consul.internal", "servers": ["10.150.0.1"]}
    assert refusal({"addons": {"coreDns": {"stubDomains": [stub, stub]}}}).found == "consul.internal twice"
    assert refusal({"addons": {"coreDns": {"stubDomains": [{**stub, "servers": []}]}}}).found == "none"


def test_external_dns_without_a_domain_is_refused() -> None:
    secret = {"credentialsSecret": "external-dns-credentials"}
    assert refusal({"addons": {"externalDns": {"enabled": True, **secret}}}).at == "addons.externalDns.domains"
    assert not refusals({"addons": {"externalDns": {"enabled": True, "domains": ["apps.example.com"], **secret}}})


def test_external_dns_on_your_own_hosts_needs_credentials() -> None:
    given = {"externalDns": {"enabled": True, "domains": ["apps.example.com"]}}
    assert refusal({"addons": given}).at == "addons.externalDns.credentialsSecret"
    assert aws_plan({"addons": given})


def test_the_cloud_controller_is_refused_on_ones_own_hosts_and_without_an_image() -> None:
    said = refusals({"addons": {"cloudController": {"enabled": True}}})
    assert [one.at for one in said] == ["addons.cloudController.enabled", "addons.cloudController.image"]


def test_kubelets_are_not_asked_more_often_than_they_measure() -> None:
    assert (
        refusal({"addons": {"metricsServer": {"resolutionSeconds": 5}}}).at == "addons.metricsServer.resolutionSeconds"
    )
    assert refusal({"addons": {"metricsServer": {"replicas": 0}}}).at == "addons.metricsServer.replicas"


@pytest.mark.parametrize("name", ["kube-system", "default", "kube-public", "Apps", "a.b", ""])
def test_kubernetes_own_namespaces_and_bad_names_are_not_managed(name: str) -> None:
    assert refusal({"addons": {"namespaces": [{"name": name}]}}).at == "addons.namespaces[0].name"


def test_a_namespace_is_managed_once() -> None:
    assert refusal({"addons": {"namespaces": [SPACE, SPACE]}}).found == "apps twice"


@pytest.mark.parametrize(
    ("changes", "at"),
    [
        ({"minimum": "200m"}, "cpu.minimum"),
        ({"request": "600m"}, "cpu.request"),
        ({"limit": "3"}, "cpu.limit"),
        ({"limit": "much"}, "cpu.limit"),
    ],
)
def test_bounds_of_containers_that_are_out_of_order_are_refused(changes: dict[str, str], at: str) -> None:
    cpu = {"minimum": "10m", "request": "100m", "limit": "500m", "maximum": "2", **changes}
    assert refusal({"addons": {"namespaces": [{**SPACE, "containers": {"cpu": cpu}}]}}).at == (
        f"addons.namespaces[0].containers.{at}"
    )


def test_bounds_are_compared_as_amounts_and_not_as_texts() -> None:
    memory = {"minimum": "900Mi", "request": "1Gi", "limit": "1100000Ki", "maximum": "2000000000"}
    assert not refusals({"addons": {"namespaces": [{**SPACE, "containers": {"memory": memory}}]}})


@pytest.mark.parametrize(
    ("quota", "at"),
    [
        ({"requestsCpu": "9"}, "requestsCpu"),
        ({"requestsMemory": "64Mi"}, "requestsMemory"),
        ({"limitsMemory": "1e3"}, "limitsMemory"),
    ],
)
def test_a_quota_in_which_nothing_could_start_is_refused(quota: dict[str, str], at: str) -> None:
    assert refusal({"addons": {"namespaces": [{**SPACE, "quota": quota}]}}).at == f"addons.namespaces[0].quota.{at}"


def test_a_quota_below_what_the_add_ons_of_the_namespace_ask_for_is_refused() -> None:
    space = {
        "name": "external-dns",
        "quota": {"requestsMemory": "32Mi", "pods": 0},
        "containers": {
            "memory": {"minimum": "16Mi", "request": "16Mi", "limit": "16Mi", "maximum": "2Gi"},
        },
    }
    dns = {"enabled": True, "domains": ["apps.example.com"], "credentialsSecret": "credentials"}
    addons = {"externalDns": dns, "namespaces": [space]}
    said = refusals({"addons": addons})
    assert [one.at for one in said] == [
        "addons.namespaces[0].quota.requestsMemory",
        "addons.namespaces[0].quota.pods",
    ]
    assert said[0].what == "at least what the add-ons there request, 64Mi"


@pytest.mark.parametrize("group", ["system:masters", "system:authenticated", " "])
def test_a_group_that_is_everybody_or_nobody_gets_no_role(group: str) -> None:
    assert refusal({"addons": {"access": {"viewers": [group]}}}).at == "addons.access.viewers[0]"


def test_machines_too_small_for_the_add_ons_are_refused() -> None:
    local = {"preset": "local", "addons": {"enabled": True}, "localMachines": {"memoryMegabytes": 700}}
    assert read({**local, "localMachines": {"memoryMegabytes": 1024}})
    with pytest.raises(Exception, match="88 MiB are left for pods"):
        read(local)


def test_everything_wrong_is_said_at_once() -> None:
    said = refusals(
        {
            "network.pods": ["10.244.0.0/24"],
            "addons": {
                "metricServer": {},
                "podNetwork": {"kind": "cilium", "chart": {**CHART, "digest": ""}},
                "namespaces": [
                    {
                        "name": "apps",
                        "quota": {"requestsCpu": "10m"},
                        "containers": {
                            "cpu": {"minimum": "2", "request": "1", "limit": "500m", "maximum": "100m"},
                        },
                    }
                ],
            },
        }
    )
    assert {one.at for one in said} == {
        "network.pods[0]",
        "addons.metricServer",
        "addons.podNetwork.chart.digest",
        "addons.namespaces[0].containers.cpu.minimum",
        "addons.namespaces[0].containers.cpu.request",
        "addons.namespaces[0].containers.cpu.limit",
        "addons.namespaces[0].quota.requestsCpu",
    }


EXISTING = {"preset": "dev", **at("aws.network", {"vpcId": "vpc-0a", "subnets": SUBNETS})}


def test_on_aws_add_ons_are_on_where_the_built_in_pod_network_is_possible_and_enough() -> None:
    assert aws_plan({"preset": "dev"}).settings.addons.enabled
    assert not aws_plan({"preset": "dev", "addons": {"enabled": False}}).settings.addons.enabled
    assert not aws_plan({"preset": "prod"}).settings.addons.enabled
    assert not aws_plan(EXISTING).settings.addons.enabled


def test_the_built_in_pod_network_in_an_existing_vpc_is_refused_with_every_way_out() -> None:
    said = aws_refusal({**EXISTING, "addons": {"enabled": True}})
    assert said.at == "addons.podNetwork.kind"
    assert all(word in said.fix for word in ("tunnels", "own", "addons.enabled: false"))
    assert aws_plan({**EXISTING, "addons": {"enabled": True, "podNetwork": {"kind": "own"}}}).settings.addons.enabled
