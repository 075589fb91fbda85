"""Other configuration of the machine that interferes with the node: resolvers, firewalls, and what a reboot would
change.
"""

import re
from collections.abc import Iterator

from agent.model.events import Events
from agent.model.wanted import Wanted
from agent.steps.system import SystemStep
from agent.system.host import Host
from agent.system.machine import Machine
from agent.system.services import Services

RESOLVERS = "/etc/resolv.conf"
_LOOPBACK = re.compile(r"^(127\.|::1$)")
_NAMESERVER = re.compile(r"^nameserver\s+(\S+)", re.MULTILINE)


def disturbances(host: Host) -> Iterator[str]:
    """Describes the current problems."""
    services = Services(host)
    path = host.path(RESOLVERS)
    servers = _NAMESERVER.findall(path.read_text()) if path.exists() else []
    stub = services.state("systemd-resolved.service").active
    if servers and all(_LOOPBACK.match(server) for server in servers) and not stub:
        yield (
            f"{RESOLVERS} names only {', '.join(servers)}: CoreDNS would forward to itself. Name one "
            "that pods can reach"
        )
    if services.state("firewalld.service").active:
        yield "firewalld rejects packets from pods: add the pods' range to its trusted zone, or stop it"


def after_a_reboot(host: Host, wanted: Wanted) -> list[str]:
    """Changes of the next boot that would break this node."""
    machine = Machine(
        host=host, wanted=wanted, previous={}, services=Services(host), events=Events(write=lambda _: None)
    )
    return [str(difference) for difference in SystemStep(machine).differences() if "after a reboot" in difference.what]
