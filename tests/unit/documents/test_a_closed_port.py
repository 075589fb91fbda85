"""An owner whose port a firewall closes gives the address up, with the real Keepalived, balancers and firewall.

All of them run with real-time priority, and a program beside them writes when the address goes: the figure is the
host's own, whatever else runs on this computer.
"""

import re
import time
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

import documents
from tests.unit.documents.issuing import issued
from tests.unit.documents.programs import needed
from tests.unit.documents.room import Room, room
from tests.unit.documents.test_the_address import ADDRESS, BALANCERS, _owned, _until
from tests.unit.documents.test_the_balancer import SERVER
from tests.unit.documents.topologies import NGINX, local

CLOSE = "add table inet t; add chain inet t c {{ type filter hook input priority 0; }}; add rule inet t c {}"
SECONDS = 3.0  # two checks, each begun within a second and over in 0.6 s
FIRST = ("chrt", "--rr", "1")
WATCH = "/run/addresses.log"
GONE = re.compile(rf"^\[(\S+)\] ?Deleted .*inet {re.escape(ADDRESS)}", re.MULTILINE)


@pytest.fixture(scope="module", params=["haproxy", "nginx"])
def owner(request: pytest.FixtureRequest) -> Iterator[Room]:
    """A host that owns the address, before API servers that are ready; its peers' addresses reach the same balancer."""
    for program in (request.param, "keepalived", "chrt", "curl", "ip", "nft"):
        needed(program)
    plan = local(NGINX) if request.param == "nginx" else local()
    node = plan.nodes[0]
    addresses = [str(other.address) for other in plan.nodes]
    with room(addresses=tuple(f"{address}/24" for address in addresses)) as inside:
        inside.furnish(documents.files(plan, node), issued(plan, node))
        inside.write("/run/server.py", SERVER)
        for address in addresses:
            inside.start(*FIRST, "python3", "/run/server.py", address, log=f"/run/{address}.log")
        inside.start(*FIRST, *BALANCERS[request.param], log="/run/balancer.log")
        inside.start(*FIRST, "keepalived", "--dont-fork", "--log-console", log="/run/keepalived.log")
        inside.start(*FIRST, "ip", "-tshort", "monitor", "address", log=WATCH)
        _until(lambda: _owned(inside))
        time.sleep(3.0)
        assert _owned(inside), "the owner gives the address up although its port is open"
        yield inside


def gone(owner: Room) -> float:
    """When the address went for the last time, in seconds of the epoch."""
    (*_, last) = GONE.findall((owner.root / WATCH.lstrip("/")).read_text())
    return datetime.fromisoformat(last).replace(tzinfo=UTC).timestamp()


def test_an_owner_whose_port_is_closed_gives_the_address_up_soon(owner: Room) -> None:
    port, own = local().endpoint.port, local().nodes[0].address
    rule = f"ip daddr {own} tcp dport {port} drop"
    done = owner.run(*FIRST, "sh", "-c", f"nft '{CLOSE.format(rule)}' && date +%s.%N")
    _until(lambda: not _owned(owner))
    assert gone(owner) - float(done.stdout) <= SECONDS
    owner.run("nft", "delete table inet t")
    _until(lambda: _owned(owner))


def test_an_owner_whose_peers_do_not_answer_keeps_the_address(owner: Room) -> None:
    port = local().endpoint.port
    peers = ", ".join(str(node.address) for node in local().nodes[1:])
    owner.run("nft", CLOSE.format(f"ip daddr {{ {peers} }} tcp dport {port} drop"))
    time.sleep(2 * SECONDS)
    assert _owned(owner)
    owner.run("nft", "delete table inet t")
