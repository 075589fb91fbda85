"""The virtual IP with the real Keepalived and the real balancers, in rooms of their own."""

import shlex
import time
from collections.abc import Callable, Iterator

import pytest

import documents
from tests.unit.documents.issuing import issued
from tests.unit.documents.programs import needed
from tests.unit.documents.room import Room, room
from tests.unit.documents.topologies import NGINX, local

ADDRESS = "10.88.0.10/32"
PEER = "10.88.0.12/24"  # on the same interface: whoever connects to it reaches a balancer, as on a living peer
DROP_IN = "etc/systemd/system/{}.service.d/10-quorate.conf"
# One check each second, two of them decide (the rendered vrrp_script); the rest is slack for a busy machine.
DECISION_SECONDS = 60.0
PORT = local().endpoint.port
NOBODY = (7, 28)  # curl: no connection, no word in time


@pytest.fixture(scope="module", params=["haproxy", "nginx"])
def owner(request: pytest.FixtureRequest) -> Iterator[Room]:
    """A host that owns the address, because its balancer lives; Keepalived was there first, without the address."""
    for program in (request.param, "keepalived", "curl", "ip"):
        needed(program)
    plan = local(NGINX) if request.param == "nginx" else local()
    node = plan.nodes[0]
    with room(addresses=(f"{node.address}/24", PEER)) as inside:
        inside.furnish(documents.files(plan, node), issued(plan, node))
        inside.start("keepalived", "--dont-fork", "--log-console", log="/run/keepalived.log")
        time.sleep(1.5)  # an election takes three adverts of 0.1 s: without the check it would be over by now
        assert not _owned(inside), "Keepalived took the address before there was a balancer"
        inside.start(*BALANCERS[request.param], log="/run/balancer.log")
        _until(lambda: _owned(inside))
        yield inside


BALANCERS = {
    "haproxy": ("haproxy", "-db", "-f", "/etc/haproxy/haproxy.cfg"),
    "nginx": ("nginx", "-g", "daemon off;"),
}


def _owned(inside: Room) -> bool:
    return ADDRESS in inside.run("ip", "-o", "address", "show", "dev", "host0").stdout


def _come_back(inside: Room) -> None:
    """Keepalived starts again, once it has ended, and the host owns the address."""
    _until(lambda: inside.run("pgrep", "keepalived").returncode == 1)
    inside.start("keepalived", "--dont-fork", "--log-console", log="/run/keepalived.log")
    _until(lambda: _owned(inside))


def _order(inside: Room, service: str, when: str) -> list[str]:
    """The first command that systemd would run then."""
    lines = (inside.root / DROP_IN.format(service)).read_text().splitlines()
    return shlex.split(next(line for line in lines if line.startswith(f"{when}=-")).removeprefix(f"{when}=-"))


def _answers(inside: Room) -> bool:
    """Whether somebody accepts connections to the address; what is said then is not asked."""
    host = ADDRESS.partition("/")[0]
    return inside.run("curl", "-sk", "-m", "1", f"https://{host}:{PORT}/").returncode not in NOBODY


def _until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + DECISION_SECONDS
    while not holds():
        assert time.monotonic() < deadline, f"not within {DECISION_SECONDS} s"
        time.sleep(0.05)


def test_a_host_that_reaches_neither_a_server_nor_a_peer_gives_the_address_up_and_may_have_it_again(
    owner: Room,
) -> None:
    owner.run("ip", "address", "delete", PEER, "dev", "host0")
    _until(lambda: not _owned(owner))
    owner.run("ip", "address", "add", PEER, "dev", "host0")
    _until(lambda: _owned(owner))


def test_an_owner_that_is_told_to_stop_answers_until_its_balancer_has_ended(owner: Room) -> None:
    owner.run(*_order(owner, "keepalived", "ExecStop"))
    owner.run("pkill", "-TERM", "keepalived")
    _until(lambda: not _owned(owner))
    assert _answers(owner), "a packet for the former owner is lost until the next one has the address"
    (balancer,) = (name for name in BALANCERS if (owner.root / DROP_IN.format(name)).exists())
    owner.run(*_order(owner, balancer, "ExecStopPost"))
    assert not _answers(owner), "two hosts have the address"
    _come_back(owner)


def test_a_host_that_does_not_own_the_address_keeps_nothing_of_it(owner: Room) -> None:
    owner.run("pkill", "-TERM", "keepalived")
    _until(lambda: not _owned(owner))
    owner.run(*_order(owner, "keepalived", "ExecStop"))
    assert not _answers(owner)
    _come_back(owner)


@pytest.mark.acceptance("T03")
def test_a_killed_keepalived_leaves_no_address_behind(owner: Room) -> None:
    # The child first: left alone for a moment, it would be told of its parent's death, and clean up.
    owner.run("sh", "-c", "kill -9 $(pgrep keepalived | sort -rn)")
    time.sleep(0.3)
    assert _owned(owner), "a killed Keepalived cleans up by itself here: the drop-in is not needed any more"
    answer = owner.run(*_order(owner, "keepalived", "ExecStopPost"))
    assert answer.returncode == 0, answer.stdout
    assert not _owned(owner)
