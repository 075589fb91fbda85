"""What the parsers make of the documents that machines read."""

import base64
import gzip
from fractions import Fraction
from ipaddress import ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.addresses import canonical, host_of, networks
from policies.parsers.commands import command_options
from policies.parsers.corefile import zones
from policies.parsers.etcd_command import etcd_options, members
from policies.parsers.first_boot import first_boot
from policies.parsers.haproxy import haproxy
from policies.parsers.keepalived import keepalived
from policies.parsers.kubeadm import kubeadm
from policies.parsers.nginx import upstreams
from policies.parsers.schedules import interval
from policies.parsers.yaml_values import Unreadable
from policies.quantities import amount
from policies.rules.versions import version

UNIT = """[Service]
# etcd --name=comment
Environment=ETCD_DATA_DIR=/var/lib/other
ExecStart=/usr/local/bin/etcd --name=cp1 \\
  --data-dir=/var/lib/etcd \\
  --listen-client-urls=https://127.0.0.1:2379,https://10.0.0.1:2379 \\
  --client-cert-auth
"""


def test_options_of_a_unit_are_read_over_continued_lines_and_win_over_variables() -> None:
    found = etcd_options({"unit": UNIT})
    assert found["name"] == "cp1"
    assert found["data-dir"] == "/var/lib/etcd"
    assert found["client-cert-auth"] == "true"
    assert found["listen-client-urls"] == "https://127.0.0.1:2379,https://10.0.0.1:2379"


def test_a_static_pod_of_etcd_is_read_too() -> None:
    pod = "kind: Pod\nspec:\n  containers:\n  - command:\n    - etcd\n    - --data-dir=/var/lib/etcd\n    - --name=a\n"
    assert etcd_options({"pod": pod})["name"] == "a"


@pytest.mark.parametrize(
    "text",
    [
        "etcdctl --cacert=/ca.crt --endpoints=https://127.0.0.1:2379 endpoint health\n",
        "ETCDCTL_API=3\n",
        "no etcd here",
    ],
)
def test_a_client_makes_no_member(text: str) -> None:
    assert etcd_options({"script": text}) == {}


def test_only_the_asked_programs_options_count() -> None:
    script = "kubelet --cgroup-driver=systemd\nkube-apiserver --authorization-mode=RBAC\n"
    assert command_options({"s": script}, "kube-apiserver") == {"authorization-mode": "RBAC"}


def test_a_member_list_is_pairs_of_name_and_url() -> None:
    assert members("a=https://10.0.0.1:2380, b=https://[fd00::2]:2380") == (
        ("a", "https://10.0.0.1:2380"),
        ("b", "https://[fd00::2]:2380"),
    )


def test_haproxys_defaults_reach_servers_and_timeouts() -> None:
    config = haproxy(
        "defaults\n  mode tcp\n  timeout server 1h\n  default-server check\n"
        "backend api # the API\n  server a 10.0.0.1:6443 inter 1s\n  server b [fd00::1]:6443\n"
        "frontend front\n  bind 10.0.0.9:8443,:::8443 ssl crt /x\n  default_backend api\n"
    )
    backend = config.api_backends()[0]
    assert [(s.name, s.address, s.port, s.words) for s in config.servers(backend)] == [
        ("a", "10.0.0.1", 6443, ("check", "inter", "1s")),
        ("b", "fd00::1", 6443, ("check",)),
    ]
    assert config.said(backend, "timeout", "server")
    assert not config.said(backend, "timeout", "client")
    assert config.tcp(backend)
    (front,) = config.frontends(backend)
    assert [(address, port) for address, port, _ in config.binds(front)] == [("10.0.0.9", 8443), ("::", 8443)]


def test_keepaliveds_blocks_nest_and_comments_are_dropped() -> None:
    config = keepalived(
        "! a comment\nvrrp_script check { # another\n  weight -30\n}\n"
        "vrrp_instance api {\n  priority 101\n  virtual_router_id 7\n"
        "  track_script {\n    check\n    other weight 5\n  }\n"
        "  virtual_ipaddress {\n    10.0.0.10/24 dev eth0\n  }\n  unicast_peer { 10.0.0.2 }\n}\n"
    )
    (instance,) = config.instances
    assert (instance.name, instance.priority, instance.router_id) == ("api", 101, 7)
    assert instance.scripts == (("check", -30), ("other", 5))
    assert instance.addresses == ("10.0.0.10",)
    assert instance.peers == ("10.0.0.2",)


def test_nginx_streams_are_read_with_where_their_clients_arrive() -> None:
    text = "stream { upstream api { server 10.0.0.1:6443 max_fails=1; } server { listen 8443 ssl; proxy_pass api; } }"
    (upstream,) = upstreams(text)
    assert upstream.servers == (("10.0.0.1", 6443),)
    assert upstream.listens == (("8443", "ssl"),)


def test_arguments_of_both_kubeadm_versions_are_read_and_patches_lie_on_top() -> None:
    new = "kind: ClusterConfiguration\napiServer: {extraArgs: [{name: a, value: '1'}]}\n"
    old = "kind: ClusterConfiguration\napiServer: {extraArgs: {a: '1'}}\n"
    assert kubeadm([new], "u").arguments("apiServer") == kubeadm([old], "u").arguments("apiServer") == {"a": "1"}
    patched = kubeadm(["kind: KubeletConfiguration\nx: 1\ny: 2\n---\nkind: KubeletConfiguration\nx: 3\n"], "u")
    assert (patched.kubelet.number("x"), patched.kubelet.number("y")) == (3, 2)


def test_a_text_that_is_no_yaml_is_unreadable_and_not_quoted() -> None:
    with pytest.raises(Unreadable) as caught:
        kubeadm(["kind: [hush\n"], "u")
    assert "hush" not in str(caught.value)


@pytest.mark.parametrize("pack", [lambda t: t, gzip.compress])
def test_files_of_a_cloud_config_are_found_packed_or_not(pack) -> None:  # type: ignore[no-untyped-def] # noqa: ANN001
    plain = "#cloud-config\nwrite_files:\n- {path: /a, content: one}\n- {path: /b, encoding: b64, content: dHdv}\n"
    data = pack(plain.encode())
    text = base64.b64encode(data).decode() if isinstance(data, bytes) else plain
    assert first_boot(text).files == {"/a": "one", "/b": "two"}


def test_files_of_a_shell_script_are_its_here_documents() -> None:
    script = (
        "#!/bin/sh\ncat > /etc/a <<'EOF'\none\nEOF\nsudo tee /etc/b >/dev/null <<-END\ntwo\nEND\n"
        "cat <<X >/etc/c\nthree\nX\n"
    )
    assert first_boot(script).files == {"/etc/a": "one\n", "/etc/b": "two\n", "/etc/c": "three\n"}


def test_files_inside_a_mime_archive_are_found() -> None:
    archive = (
        'Content-Type: multipart/mixed; boundary="B"\nMIME-Version: 1.0\n\n--B\nContent-Type: text/cloud-config\n\n'
        "#cloud-config\nwrite_files: [{path: /a, content: one}]\n--B--\n"
    )
    assert first_boot(archive).files == {"/a": "one"}


@pytest.mark.parametrize(
    ("place", "host"),
    [
        ("api.example:6443", "api.example"),
        ("[fd00::1]:6443", "fd00::1"),
        ("https://api:8443/x", "api"),
        ("fd00::1", "fd00::1"),
    ],
)
def test_the_host_of_a_place(place: str, host: str) -> None:
    assert host_of(place) == host


@given(st.ip_addresses(v=6))
def test_every_spelling_of_an_address_is_the_same(address: object) -> None:
    exploded = address.exploded  # type: ignore[attr-defined]
    assert canonical(exploded) == canonical(str(address)) == canonical(exploded.upper())


def test_what_is_no_network_is_left_out() -> None:
    assert networks(["10.0.0.0/8, fd00::/8", "${vpc.cidr}", ""]) == (ip_network("10.0.0.0/8"), ip_network("fd00::/8"))


@pytest.mark.parametrize(
    ("key", "value", "hours"),
    [
        ("OnCalendar", "hourly", 1),
        ("OnCalendar", "daily", 24),
        ("OnCalendar", "*-*-* 00/6:00:00", 6),
        ("OnCalendar", "*-*-* 03:30:00", 24),
        ("OnCalendar", "*:15", 1),
        ("OnCalendar", "Sun 03:00", 168),
        ("OnUnitActiveSec", "6h", 6),
        ("OnUnitActiveSec", "90min", 1.5),
        ("OnUnitActiveSec", "1d", 24),
        ("OnUnitActiveSec", "3600", 1),
    ],
)
def test_the_interval_of_a_timer(key: str, value: str, hours: float) -> None:
    assert interval(key, value) == pytest.approx(hours)


def test_quantities_and_versions() -> None:
    assert [amount(text) for text in ("1Gi", "200M", "5", "")] == [2**30, 200_000_000, 5, None]
    assert amount("100m") == amount("0.1") == amount("1e-1") == Fraction(1, 10)
    assert amount("much") is None
    assert version("v1.36.3") == version("1.36.3") == (1, 36, 3)
    assert version("stable-1") is version("1.36") is None


def test_a_corefile_is_read_zone_by_zone_with_the_blocks_of_its_plugins() -> None:
    text = """
# . { upstream }
.:53 {
    errors
    kubernetes cluster.local in-addr.arpa {
        pods insecure
    }
}
consul.internal:53 example.com {
    forward . 10.0.0.1 10.0.0.2
}
"""
    found = zones(text)
    assert found["."] == {"errors": (), "kubernetes": ("cluster.local", "in-addr.arpa", "pods insecure")}
    assert found["consul.internal"] == found["example.com"] == {"forward": (".", "10.0.0.1", "10.0.0.2")}


@given(st.text())
def test_whatever_a_corefile_says_it_can_be_read(text: str) -> None:
    assert isinstance(zones(text), dict)
