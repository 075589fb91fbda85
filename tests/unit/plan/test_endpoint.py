import pytest

from tests.unit.plan.site import ABSENT, Given, refusal, refusals, settings

BALANCERS = [
    {"name": f"lb{i}", "address": f"10.1.0.{20 + i}", "failureDomain": f"room-{i}", "sshPort": 2222} for i in (1, 2)
]
DEDICATED: Given = {"balancers": BALANCERS, "endpoint.dedicatedHosts": ["lb1", "lb2"]}


@pytest.mark.parametrize("name", ["", "10.1.0.300", "api_x.example.com", "api..com", "10.1.0.10", f"{'a.' * 127}a"])
def test_an_endpoint_name_that_is_no_dns_name_is_refused(name: str) -> None:
    assert refusal({"endpoint.name": name}).at == "endpoint.name"


def test_an_endpoint_named_like_a_node_is_refused() -> None:
    assert refusal({"endpoint.name": "cp2"}).found == "cp2, the name of nodes[1]"


@pytest.mark.parametrize(
    "name", ["localhost", "kubernetes", "cluster.local", "api.cluster.local", "kubernetes.default.svc"]
)
def test_a_name_that_means_something_else_inside_the_cluster_is_refused(name: str) -> None:
    assert refusal({"endpoint.name": name}).at == "endpoint.name"


@pytest.mark.parametrize("name", ["api", "api.north.local", "api.localhost", "api.invalid"])
def test_a_name_that_each_host_would_resolve_by_itself_is_refused(name: str) -> None:
    assert refusal({"endpoint.name": name}).what == "a fully qualified name that DNS resolves"


@pytest.mark.parametrize("name", ["API.North.example.com", "api.north.example.com.", "API.NORTH.EXAMPLE.COM."])
def test_upper_case_and_a_closing_dot_are_the_same_name(name: str) -> None:
    assert settings({"endpoint.name": name}).endpoint.name == "api.north.example.com"


def test_the_api_servers_own_port_is_refused_where_nodes_balance_themselves() -> None:
    said = refusal({"endpoint.port": 6443})
    assert "the API server of the same host" in said.why


def test_the_api_servers_own_port_is_accepted_on_dedicated_balancers() -> None:
    assert settings({**DEDICATED, "endpoint.port": 6443})


@pytest.mark.parametrize("port", [22, 2379, 2380, 2381, 8404, 10248, 10249, 10250, 10256, 10257, 10259])
def test_a_port_that_a_node_uses_itself_is_refused(port: int) -> None:
    assert "the same host runs" in refusal({"endpoint.port": port}).why


@pytest.mark.parametrize("port", [2222, 8404])
def test_a_port_that_a_dedicated_balancer_uses_itself_is_refused(port: int) -> None:
    assert "the same host runs" in refusal({**DEDICATED, "endpoint.port": port}).why


@pytest.mark.parametrize("port", [0, -1, 30_000, 32_768, 65_536])
def test_a_port_that_is_handed_out_by_others_is_refused(port: int) -> None:
    assert refusal({"endpoint.port": port}).what == "from 1 to 29999"


@pytest.mark.parametrize("port", [443, 7443, 8443, 16443])
def test_the_usual_frontend_ports_are_accepted(port: int) -> None:
    assert settings({"endpoint.port": port}).endpoint.port == port


def test_hosts_without_a_virtual_ip_have_no_endpoint() -> None:
    assert refusal({"endpoint.virtualIp": ABSENT}).at == "endpoint.virtualIp"


def test_a_kind_that_does_not_exist_is_refused() -> None:
    assert refusal({"kind": "cloud"}).at == "kind"


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("10.1.0.12", "the address of nodes[1]"),
        ("10.2.0.10", "outside 10.1.0.0/24"),
        ("10.1.0.0", "the network address"),
        ("10.1.0.255", "the broadcast address"),
        ("10.1.0.1", "the gateway's"),
    ],
)
def test_a_virtual_ip_that_is_not_free_is_refused_with_the_reason(address: str, reason: str) -> None:
    assert refusal({"endpoint.virtualIp.address": address}).found == f"{address}, {reason}"


def test_a_virtual_ip_is_not_a_balancers_own_either() -> None:
    assert "balancers[0]" in str(refusal({**DEDICATED, "endpoint.virtualIp.address": "10.1.0.21"}).found)


@pytest.mark.parametrize("router", [0, -1, 256])
def test_a_router_id_beyond_eight_bits_is_refused(router: int) -> None:
    assert refusal({"endpoint.virtualIp.routerId": router}).at == "endpoint.virtualIp.routerId"


@pytest.mark.parametrize("seconds", [0, 0.04, 41])
def test_an_advert_interval_that_vrrp_or_a_busy_host_cannot_keep_is_refused(seconds: float) -> None:
    assert refusal({"endpoint.virtualIp.advertSeconds": seconds}).at == "endpoint.virtualIp.advertSeconds"


@pytest.mark.parametrize("seconds", [0.05, 0.3, 1])
def test_sub_second_adverts_are_accepted(seconds: float) -> None:
    assert settings({"endpoint.virtualIp.advertSeconds": seconds})


@pytest.mark.parametrize("interface", ["", "eth 0", "an-interface-name", "a/b", ".."])
def test_an_interface_that_linux_cannot_have_is_refused(interface: str) -> None:
    assert refusal({"endpoint.virtualIp.interface": interface}).at == "endpoint.virtualIp.interface"


def test_two_dedicated_balancers_are_accepted() -> None:
    assert settings(DEDICATED)


def test_a_single_dedicated_balancer_is_refused() -> None:
    said = refusal({"balancers": BALANCERS[:1], "endpoint.dedicatedHosts": ["lb1"]})
    assert said.why == "if a single balancer fails, the endpoint fails"


def test_a_balancer_that_nobody_uses_is_refused() -> None:
    third = {"name": "lb3", "address": "10.1.0.23", "failureDomain": "room-3"}
    assert refusal({**DEDICATED, "balancers": [*BALANCERS, third]}).at == "balancers[2]"


@pytest.mark.parametrize("name", ["lb9", "cp1", "lb2"])
def test_a_dedicated_host_is_one_of_the_balancers_once(name: str) -> None:
    said = refusal({**DEDICATED, "endpoint.dedicatedHosts": ["lb1", "lb2", name]})
    assert said.at == "endpoint.dedicatedHosts[2]"


def test_balancers_that_fail_together_are_refused_until_said_explicitly() -> None:
    together: Given = {**DEDICATED, "balancers": [{**b, "failureDomain": "room-1"} for b in BALANCERS]}
    assert refusal(together).at == "balancers"
    assert not refusals({**together, "singleFailureDomain": True})
