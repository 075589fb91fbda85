from ipaddress import IPv4Network, IPv6Network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plan.network.service_addresses import dns_ips, service_ips
from plan.validation.space import excluded
from tests.unit.plan.site import refusal, refusals, settings

NETWORKS_V4 = st.builds(
    lambda bits, start: IPv4Network((start >> bits << bits, 32 - bits)),
    st.integers(min_value=8, max_value=20),
    st.integers(min_value=0, max_value=2**32 - 1),
)
NETWORKS_V6 = st.builds(
    lambda bits, start: IPv6Network((start >> bits << bits, 128 - bits)),
    st.integers(min_value=8, max_value=20),
    st.integers(min_value=0, max_value=2**128 - 1),
)
SIX = {
    "network": {"hosts": "fd00::/64", "pods": ["fd01::/56"], "services": ["fd02::/112"]},
    "nodes.0.address": "fd00::11",
    "nodes.1.address": "fd00::12",
    "nodes.2.address": "fd00::13",
    "endpoint.virtualIp.address": "fd00::10",
}


@given(NETWORKS_V4 | NETWORKS_V6)
def test_the_services_of_the_api_and_of_dns_are_inside_every_accepted_range(network: IPv4Network | IPv6Network) -> None:
    (api,), (dns,) = service_ips([network]), dns_ips([network])
    assert api in network
    assert dns in network
    assert int(api) == int(network.network_address) + 1
    assert int(dns) == int(network.network_address) + 10


@given(NETWORKS_V4, st.integers(min_value=0, max_value=2**32 - 1))
def test_an_address_is_excluded_exactly_when_a_host_cannot_have_it(network: IPv4Network, number: int) -> None:
    address = network[number % network.num_addresses]
    special = address in (network[0], network[-1])
    assert (excluded(address, network, None) is not None) == special


def test_one_family_is_the_default_and_two_are_possible() -> None:
    dual = {"pods": ["10.244.0.0/16", "fd01::/56"], "services": ["10.96.0.0/16", "fd02::/112"]}
    found = settings({f"network.{key}": value for key, value in dual.items()})
    assert [str(a) for a in service_ips(found.network.services)] == ["10.96.0.1", "fd02::1"]
    assert [str(a) for a in dns_ips(found.network.services)] == ["10.96.0.10", "fd02::a"]


def test_ipv6_alone_is_possible() -> None:
    assert settings(SIX)


@pytest.mark.parametrize(
    ("changes", "at"),
    [
        ({"network.pods": ["10.1.0.0/16"]}, "network.pods[0]"),
        ({"network.services": ["10.1.0.0/16"]}, "network.services[0]"),
        ({"network.services": ["10.244.0.0/20"]}, "network.services[0]"),
        ({"network.pods": ["10.0.0.0/9"]}, "network.pods[0]"),
    ],
)
def test_overlapping_ranges_are_refused_each_with_each(changes: dict[str, object], at: str) -> None:
    assert at in {one.at for one in refusals(changes) if "disjoint from" in one.what}


@given(st.integers(min_value=0, max_value=255), st.integers(min_value=12, max_value=24))
def test_a_service_range_is_refused_exactly_when_it_touches_hosts_or_pods(second: int, prefix: int) -> None:
    services = IPv4Network(f"10.{second}.0.0/{prefix}", strict=False)
    touches = any(services.overlaps(IPv4Network(other)) for other in ("10.1.0.0/24", "10.244.0.0/16"))
    assert bool(refusals({"network.services": [str(services)]})) == touches


@pytest.mark.parametrize("prefix", [25, 29, 32])
def test_a_service_range_that_is_soon_used_up_is_refused(prefix: int) -> None:
    said = refusal({"network.services": [f"10.96.0.0/{prefix}"]})
    assert said.what == "between /12 and /24"
    assert "cannot change" in said.why


def test_a_service_range_that_kube_apiserver_refuses_is_refused() -> None:
    assert "20 bits" in refusal({"network.services": ["172.0.0.0/11"]}).why


@pytest.mark.parametrize("text", ["fd02::/104", "fd02::/121"])
def test_the_same_holds_for_ipv6_services(text: str) -> None:
    assert refusal({**SIX, "network.services": [text]}).what == "between /108 and /120"


@pytest.mark.parametrize("prefix", [12, 24])
def test_the_bounds_of_service_ranges_are_themselves_accepted(prefix: int) -> None:
    assert settings({"network.services": [f"172.16.0.0/{prefix}"]})


@pytest.mark.parametrize("prefix", [23, 25])
def test_a_pod_range_without_a_part_for_every_node_is_refused(prefix: int) -> None:
    assert "a /24 on each of 3 nodes" in refusal({"network.pods": [f"10.244.0.0/{prefix}"]}).what


def test_a_pod_range_of_exactly_a_part_for_every_node_is_accepted() -> None:
    assert settings({"network.pods": ["10.244.0.0/22"]})


def test_a_pod_range_that_kubernetes_cannot_count_is_refused() -> None:
    assert refusal({**SIX, "network.pods": ["fd01::/47"]}).what == "at most a /48"


def test_two_ranges_of_one_family_are_refused() -> None:
    assert refusal({"network.pods": ["10.244.0.0/16", "10.245.0.0/16"]}).found == "IPv4 and IPv4"


def test_a_missing_range_is_refused() -> None:
    assert {one.at for one in refusals({"network.pods": []})} == {"network.pods", "network.services"}


def test_services_without_pods_of_their_family_are_refused() -> None:
    said = refusal({"network.services": ["10.96.0.0/16", "fd02::/112"]})
    assert said.at == "network.services"


def test_the_first_family_is_the_hosts_own() -> None:
    pods, services = ["fd01::/56", "10.244.0.0/16"], ["fd02::/112", "10.96.0.0/16"]
    said = refusals({"network.pods": pods, "network.services": services})
    assert {one.at for one in said} == {"network.pods[0]", "network.services[0]"}


@pytest.mark.parametrize("text", ["127.0.0.0/16", "169.254.0.0/16", "224.0.0.0/16"])
def test_ranges_that_are_not_routed_between_hosts_are_refused(text: str) -> None:
    assert refusal({"network.pods": [text]}).what == "ordinary unicast addresses"


@pytest.mark.parametrize("domain", ["", "cluster local", "-x", "10.0.0.1"])
def test_the_clusters_dns_domain_is_a_dns_name(domain: str) -> None:
    assert refusal({"network.dnsDomain": domain}).at == "network.dnsDomain"


def test_time_servers_are_names_or_addresses() -> None:
    assert settings({"network.timeServers": ["ntp.example.com", "10.1.0.1", "fd00::1"]})
    assert refusal({"network.timeServers": ["ntp.example.com", "not a name"]}).at == "network.timeServers[1]"
