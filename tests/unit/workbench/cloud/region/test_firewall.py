"""Rules are judged by the kernel itself, in a network namespace of the test's own."""

import os
import shutil
import subprocess

import pytest

from workbench.cloud.network.firewall import Closed, Holder, Opening, ruleset

needs_root = pytest.mark.skipif(
    os.geteuid() != 0 or shutil.which("nft") is None, reason="network namespaces need root, and nft"
)
NODES, BALANCERS = "sg-nodes", "sg-balancers"
HOLDERS = (
    Holder(address="10.20.0.10", groups=(NODES,), ranges=("10.244.0.0/24",), mac=None),
    Holder(address="10.20.1.10", groups=(NODES,), mac="02:00:00:00:00:02"),
    Holder(address="10.20.0.254", groups=(BALANCERS,)),
)
OPENINGS = (
    Opening(group=NODES, protocol="tcp", low=6443, high=6443, peer_groups=(BALANCERS,)),
    Opening(group=BALANCERS, protocol="tcp", low=6443, high=6443, peer_groups=(NODES,), out=True),
    Opening(group=NODES, protocol="tcp", low=2379, high=2380, peer_groups=(NODES,)),
    Opening(group=NODES, protocol="-1", peers=("0.0.0.0/0",), out=True),
    Opening(group=NODES, protocol="112", peers=("10.20.0.0/16",)),
)
CLOSED = (Closed(subnet="10.20.0.0/24", addresses=("198.18.0.1",)),)


def test_each_opening_names_its_group_its_peer_and_its_ports() -> None:
    text = ruleset(HOLDERS, OPENINGS, CLOSED, ["10.20.0.2"])
    assert "ip daddr @g_sg_nodes tcp dport 6443 ip saddr @g_sg_balancers accept" in text
    assert "ip daddr @g_sg_nodes tcp dport 2379-2380 ip saddr @g_sg_nodes accept" in text
    assert "ip daddr @g_sg_nodes meta l4proto 112 ip saddr 10.20.0.0/16 accept" in text
    assert "ether saddr 02:00:00:00:00:02 ip saddr != 10.20.1.10 drop" in text


@needs_root
def test_the_kernel_takes_the_rules() -> None:
    subprocess.run(
        ["unshare", "--net", "nft", "--file", "-"],
        input=ruleset(HOLDERS, OPENINGS, CLOSED, ["10.20.0.2"]),
        text=True,
        check=True,
    )


SCRIPT = r"""
set -e
ip link set lo up
ip link add name one type veth peer name a1
ip netns add {0}a; ip link set a1 netns {0}a
ip link add name two type veth peer name b1
ip netns add {0}b; ip link set b1 netns {0}b
ip addr add 10.20.0.1/24 dev one; ip link set one up
ip addr add 10.20.1.1/24 dev two; ip link set two up
ip -n {0}a addr add 10.20.0.10/24 dev a1; ip -n {0}a link set a1 up; ip -n {0}a route add default via 10.20.0.1
ip -n {0}b addr add 10.20.1.10/24 dev b1; ip -n {0}b link set b1 up; ip -n {0}b route add default via 10.20.1.1
echo 1 > /proc/sys/net/ipv4/ip_forward
nft --file -
serve() {{ ip netns exec {0}b python3 -m http.server --bind 10.20.1.10 $1 >/dev/null 2>&1 & echo $!; }}
one=$(serve 2379) two=$(serve 8080)
until ip netns exec {0}b ss -ltn | grep -q 2379 && ip netns exec {0}b ss -ltn | grep -q 8080; do sleep 0.1; done
reach() {{
    if ip netns exec {0}a timeout 2 bash -c "echo > /dev/tcp/10.20.1.10/$1" 2>/dev/null
    then echo $1 open; else echo $1 closed; fi
}}
reach 2379; reach 8080
kill $one $two
"""


@needs_root
def test_what_is_not_opened_does_not_pass() -> None:
    name = f"q{os.getpid()}"
    holders = (HOLDERS[0], Holder(address="10.20.1.10", groups=(NODES,)))
    try:
        done = subprocess.run(
            ["unshare", "--net", "bash", "-c", SCRIPT.format(name)],
            input=ruleset(holders, OPENINGS, (), []),
            text=True,
            check=True,
            capture_output=True,
            timeout=30,
        )
    finally:
        for end in "ab":
            subprocess.run(["ip", "netns", "delete", f"{name}{end}"], check=False, capture_output=True)
    assert done.stdout.split("\n")[:2] == ["2379 open", "8080 closed"]
