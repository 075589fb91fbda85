"""An owner whose port a firewall closes gives the address up, with the real Keepalived, balancers and firewall."""

import time
from collections.abc import Iterator

import pytest

import documents
from tests.unit.documents.issuing import issued
from tests.unit.documents.programs import needed
from tests.unit.documents.room import Room, room
from tests.unit.documents.test_the_address import BALANCERS, _owned, _until
from tests.unit.documents.test_the_balancer import SERVER
from tests.unit.documents.topologies import NGINX, local

CLOSE = "add table inet t; add chain inet t c {{ type filter hook input priority 0; }}; add rule inet t c {}"
# Two checks, each begun within a second and over in 0.6 s, twice that on a busy computer; the drill holds the figure.
SECONDS = 6.0


@pytest.fixture(scope="module", params=["haproxy", "nginx"])
def owner(request: pytest.FixtureRequest) -> Iterator[Room]:
    """A host that owns the address, before API servers that are ready; its peers' addresses reach the same balancer."""
    for program in (request.param, "keepalived", "curl", "ip", "nft"):
        needed(program)
    plan = local(NGINX) if request.param == "nginx" else local()
    node = plan.nodes[0]
    addresses = [str(other.address) for other in plan.nodes]
    with room(addresses=tuple(f"{address}/24" for address in addresses)) as inside:
        inside.furnish(documents.files(plan, node), issued(plan, node))
        inside.write("/run/server.py", SERVER)
        for address in addresses:
            inside.start("python3", "/run/server.py", address, log=f"/run/{address}.log")
        inside.start(*BALANCERS[request.param], log="/run/balancer.log")
        inside.start("keepalived", "--dont-fork", "--log-console", log="/run/keepalived.log")
        _until(lambda: _owned(inside))
        time.sleep(3.0)
        assert _owned(inside), "the owner gives the address up although its port is open"
        yield inside


def test_an_owner_whose_port_is_closed_gives_the_address_up_soon(owner: Room) -> None:
    port, own = local().endpoint.port, local().nodes[0].address
    rule = f"ip daddr {own} tcp dport {port} drop"
    closed = time.monotonic()
    assert owner.run("nft", CLOSE.format(rule)).returncode == 0
    _until(lambda: not _owned(owner))
    assert time.monotonic() - closed <= SECONDS
    owner.run("nft", "delete table inet t")
    _until(lambda: _owned(owner))


def test_an_owner_whose_peers_do_not_answer_keeps_the_address(owner: Room) -> None:
    port = local().endpoint.port
    peers = ", ".join(str(node.address) for node in local().nodes[1:])
    owner.run("nft", CLOSE.format(f"ip daddr {{ {peers} }} tcp dport {port} drop"))
    time.sleep(2 * SECONDS)
    assert _owned(owner)
    owner.run("nft", "delete table inet t")
