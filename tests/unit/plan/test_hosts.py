import base64

import pytest

from tests.unit.plan.site import ABSENT, refusal, refusals, settings

BLOB = base64.b64encode(b"\0\0\0\x0bssh-ed25519\0\0\0\x20" + bytes(range(32))).decode()
KEY = f"ssh-ed25519 {BLOB}"


@pytest.mark.parametrize("name", ["", "CP1", "cp_1", "-cp", "cp-", "cp.1", "cp 1", "a" * 53, "localhost", "kubernetes"])
def test_a_name_that_is_no_dns_label_or_does_not_fit_a_certificate_is_refused(name: str) -> None:
    said = refusal({"nodes.1.name": name})
    assert said.at == "nodes[1].name"
    assert "at most 52 characters" in said.what


def test_a_name_may_be_as_long_as_a_certificate_allows() -> None:
    assert settings({"nodes.1.name": "a" * 52})


def test_two_hosts_of_one_name_are_refused() -> None:
    assert refusal({"nodes.2.name": "cp1"}).found == "'cp1', which is already the name of nodes[0]"


def test_a_node_and_a_balancer_cannot_share_a_name() -> None:
    balancers = [
        {"name": "cp1", "address": "10.1.0.21", "failureDomain": "room-1"},
        {"name": "lb2", "address": "10.1.0.22", "failureDomain": "room-2"},
    ]
    said = refusal({"balancers": balancers, "endpoint.dedicatedHosts": ["cp1", "lb2"]})
    assert said.at == "balancers[0].name"


def test_a_host_listed_twice_is_refused() -> None:
    said = refusal({"nodes.2.address": "10.1.0.11"})
    assert said.at == "nodes[2].address"
    assert "nodes[0]" in str(said.found)


def test_a_host_listed_as_node_and_as_balancer_is_refused() -> None:
    balancers = [
        {"name": "lb1", "address": "10.1.0.11", "failureDomain": "room-1"},
        {"name": "lb2", "address": "10.1.0.22", "failureDomain": "room-2"},
    ]
    said = refusal({"balancers": balancers, "endpoint.dedicatedHosts": ["lb1", "lb2"]})
    assert said.at == "balancers[0].address"


def test_one_address_in_two_spellings_is_still_one_address() -> None:
    addresses = {"nodes.0.address": "fd00::a", "nodes.1.address": "fd00:0::000a", "nodes.2.address": "fd00::c"}
    network = {"hosts": "fd00::/64", "pods": ["fd01::/56"], "services": ["fd02::/112"]}
    said = refusal({**addresses, "network": network, "endpoint.virtualIp.address": "fd00::10"})
    assert said.at == "nodes[1].address"


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("10.2.0.12", "outside 10.1.0.0/24"),
        ("fd00::1", "outside 10.1.0.0/24"),
        ("10.1.0.0", "the network address"),
        ("10.1.0.255", "the broadcast address"),
        ("10.1.0.1", "the gateway's"),
    ],
)
def test_an_address_that_a_host_cannot_have_is_refused_with_the_reason(address: str, reason: str) -> None:
    said = refusal({"nodes.1.address": address})
    assert said.found == f"{address}, {reason}"


@pytest.mark.parametrize("gateway", ["10.2.0.1", "10.1.0.0", "10.1.0.255"])
def test_a_gateway_that_no_host_reaches_is_refused(gateway: str) -> None:
    assert refusal({"network.gateway": gateway}).at == "network.gateway"


@pytest.mark.parametrize("domain", ["", "room 1", "-room", "a" * 64])
def test_a_failure_domain_that_no_label_can_carry_is_refused(domain: str) -> None:
    assert refusal({"nodes.0.failureDomain": domain}).at == "nodes[0].failureDomain"


@pytest.mark.parametrize("cluster", ["", "North", "a.b", "a" * 64])
def test_a_cluster_name_is_a_dns_label(cluster: str) -> None:
    assert refusal({"cluster": cluster}).at == "cluster"


@pytest.mark.parametrize("at", ["ssh.port", "nodes.1.sshPort"])
@pytest.mark.parametrize("port", [0, -1, 65536])
def test_an_ssh_port_that_cannot_exist_is_refused(at: str, port: int) -> None:
    assert refusal({at: port}).what == "from 1 to 65535"


@pytest.mark.parametrize("at", ["ssh.user", "nodes.1.sshUser"])
@pytest.mark.parametrize("user", ["", "-oProxyCommand=x", "a b", "a\nb", "x" * 33, "r\u00f6\u00f6t"])
def test_an_account_name_that_ssh_could_take_for_an_option_is_refused(at: str, user: str) -> None:
    assert refusal({at: user}).what == "the name of an account"


def test_an_empty_key_path_is_refused() -> None:
    assert refusal({"ssh.privateKeyPath": " "}).at == "ssh.privateKeyPath"


@pytest.mark.parametrize("user", ["root", "jane.doe", "j-doe", "Administrator", "deploy_1"])
def test_an_account_may_have_any_name_that_linux_allows(user: str) -> None:
    assert settings({"ssh.user": user}).ssh.user == user


@pytest.mark.parametrize(
    "key",
    [BLOB, "ssh-ed25519", "ssh-ed25519 ###", "ssh-ed25519 aGVsbG8=", f"ssh-rsa {BLOB}", KEY[:40], f"{KEY}\nssh-rsa A"],
)
def test_a_pinned_key_that_is_no_public_key_is_refused(key: str) -> None:
    assert refusal({"nodes.0.hostKey": key}).at == "nodes[0].hostKey"


def test_a_pinned_key_may_have_a_comment() -> None:
    assert settings({"nodes.0.hostKey": f"{KEY} root@cp1"})


def test_two_hosts_with_one_key_are_refused_even_at_two_addresses() -> None:
    said = refusal({"nodes.0.hostKey": KEY, "nodes.1.hostKey": f"{KEY} again"})
    assert said.found == "the key of nodes[0]"


def test_local_machines_need_a_gateway_because_this_computer_is_it() -> None:
    assert refusal({"localMachines": {}, "network.gateway": ABSENT}).at == "network.gateway"


@pytest.mark.parametrize(
    ("key", "value"), [("bridge", "a-name-too-long-"), ("bridge", "a/b"), ("fleet", "A"), ("memoryMegabytes", 0)]
)
def test_local_machines_have_names_that_linux_accepts(key: str, value: object) -> None:
    assert refusal({f"localMachines.{key}": value}).at == f"localMachines.{key}"


def test_a_local_machine_has_a_shorter_name() -> None:
    assert "at most 32 characters" in refusal({"localMachines": {}, "nodes.0.name": "a" * 33}).what


def test_one_report_names_every_bad_host() -> None:
    said = refusals({"nodes.0.name": "A", "nodes.1.address": "10.9.9.9", "nodes.2.failureDomain": ""})
    assert {one.at for one in said} == {"nodes[0].name", "nodes[1].address", "nodes[2].failureDomain"}
