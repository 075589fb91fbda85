"""Allows traffic between machines if this computer's firewall drops forwarded packets.

With br_netfilter loaded, packets inside a bridge pass the firewall's FORWARD chain, and Docker sets that chain to DROP:
the machines could reach this computer, but not each other.
"""

import shutil
import subprocess
from ipaddress import ip_interface
from pathlib import Path

from provider.local.machines.command import output
from provider.local.machines.requirement import PATH

_PROGRAMS = {4: ("iptables", "bridge-nf-call-iptables"), 6: ("ip6tables", "bridge-nf-call-ip6tables")}
_SWITCHES = Path("/proc/sys/net/bridge")


def allow(bridge: str, cidr: str) -> None:
    """Let the bridge's machines reach each other, if the firewall would not. Raises `Unable`."""
    program, switch = _PROGRAMS[ip_interface(cidr).version]
    if not _filtered(switch) or shutil.which(program, path=PATH) is None:
        return
    drops = "-P FORWARD DROP" in _call(program, "-S", "FORWARD").splitlines()
    if drops and not _has(program, bridge):
        _call(program, "-I", "FORWARD", *_rule(bridge))


def forget(bridge: str) -> None:
    """Remove every copy of the rule."""
    for program, _ in _PROGRAMS.values():
        while shutil.which(program, path=PATH) is not None and _has(program, bridge):
            _call(program, "-D", "FORWARD", *_rule(bridge))


def _rule(bridge: str) -> tuple[str, ...]:
    return ("-i", bridge, "-o", bridge, "-m", "comment", "--comment", "quorate", "-j", "ACCEPT")


def _filtered(switch: str) -> bool:
    try:
        return (_SWITCHES / switch).read_text(encoding="ascii").strip() == "1"
    except FileNotFoundError:
        return False


def _has(program: str, bridge: str) -> bool:
    argv = [shutil.which(program, path=PATH) or program, "-w", "-C", "FORWARD", *_rule(bridge)]
    return subprocess.run(argv, capture_output=True, check=False).returncode == 0


def _call(program: str, *words: str) -> str:
    return output(
        [program, "-w", *words], why="the firewall would drop traffic between machines", fix="see the message"
    )
