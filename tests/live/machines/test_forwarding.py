import subprocess
import sys
from pathlib import Path

import pytest

# Everything happens in a network of its own: the firewall of this computer is not touched.
SCRIPT = """
set -e
mount -t sysfs sysfs /sys
ip link set lo up
iptables -P FORWARD {policy}
"$1" -c "{using}; bridge.ensure(BRIDGE); bridge.ensure(BRIDGE)"
iptables -S FORWARD
"$1" -c "{using}; bridge.remove(BRIDGE)"
echo removed
iptables -S FORWARD
"""
USING = "from provider.local.machines import bridge; from tests.live.machines.lab import BRIDGE"
RULE = "-A FORWARD -i qtest0 -o qtest0 -m comment --comment quorate -j ACCEPT"


def tried(policy: str) -> tuple[str, str]:
    done = subprocess.run(
        ["unshare", "--net", "--mount", "sh", "-c", SCRIPT.format(policy=policy, using=USING), "sh", sys.executable],
        env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin"},
        capture_output=True,
        text=True,
        check=True,
    )
    before, _, after = done.stdout.partition("removed\n")
    return before, after


@pytest.mark.skipif(not Path("/proc/sys/net/bridge").exists(), reason="br_netfilter is not loaded")
def test_machines_reach_each_other_although_the_firewall_forwards_nothing() -> None:
    before, after = tried("DROP")
    assert before.splitlines().count(RULE) == 1
    assert after == "-P FORWARD DROP\n"


def test_a_firewall_that_forwards_is_left_alone() -> None:
    assert tried("ACCEPT") == ("-P FORWARD ACCEPT\n", "-P FORWARD ACCEPT\n")
