"""The rendered HAProxy before three stand-ins for API servers, whose readiness the test decides."""

import time
from collections.abc import Iterator

import pytest

import documents
from documents.places import PKI
from tests.unit.documents.issuing import issued
from tests.unit.documents.programs import needed
from tests.unit.documents.room import Room, room
from tests.unit.documents.topologies import local
from workbench.lab.expiry import expired

PLAN = local()
NODE = PLAN.nodes[0]
ADDRESSES = tuple(str(node.address) for node in PLAN.nodes)
PATIENCE_SECONDS = 60.0  # checks are less than a second apart; the rest is slack for a busy machine
ASKED = 12  # new connections in a row: enough for each of three servers to have its turn
SERVER = """
import http.server, os, ssl, sys
address = sys.argv[1]

class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        if os.path.exists(f"/run/expired-{address}"):
            context.load_cert_chain("/run/expired.crt", "/etc/kubernetes/pki/apiserver.key")
        unready = self.path == "/readyz" and os.path.exists(f"/run/unready-{address}")
        self.send_response(500 if unready else 200)
        self.send_header("Content-Length", str(len(address)))
        self.end_headers()
        self.wfile.write(address.encode())

context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain("/etc/kubernetes/pki/apiserver.crt", "/etc/kubernetes/pki/apiserver.key")
served = http.server.ThreadingHTTPServer((address, 6443), Handler)
served.socket = context.wrap_socket(served.socket, server_side=True)
served.serve_forever()
"""


@pytest.fixture
def balancer() -> Iterator[Room]:
    for program in ("haproxy", "curl", "python3"):
        needed(program)
    with room(addresses=tuple(f"{address}/24" for address in ADDRESSES)) as inside:
        secrets = issued(PLAN, NODE)
        inside.furnish(documents.files(PLAN, NODE), secrets)
        inside.write("/run/expired.crt", expired(secrets[f"{PKI}/apiserver.crt"], secrets[f"{PKI}/ca.key"]))
        inside.write("/run/server.py", SERVER)
        for address in ADDRESSES:
            inside.start("python3", "/run/server.py", address, log=f"/run/{address}.log")
        inside.start("haproxy", "-db", "-f", "/etc/haproxy/haproxy.cfg", log="/run/haproxy.log")
        yield inside


def answering(inside: Room) -> set[str]:
    """Which servers answered a row of new connections through the balancer."""
    url = f"https://127.0.0.1:{PLAN.endpoint.port}/whoami"
    return {inside.run("curl", "-sk", "-m", "3", url).stdout for _ in range(ASKED)}


def until_answering(inside: Room, *wanted: str) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while (seen := answering(inside)) != set(wanted):
        assert time.monotonic() < deadline, f"{seen} answer instead of {wanted}"


@pytest.mark.acceptance("T02")
def test_a_server_that_is_not_ready_is_left_out_although_it_still_answers_and_comes_back_when_it_is(
    balancer: Room,
) -> None:
    until_answering(balancer, *ADDRESSES)
    balancer.write(f"/run/unready-{ADDRESSES[1]}", "")
    until_answering(balancer, ADDRESSES[0], ADDRESSES[2])
    (balancer.root / f"run/unready-{ADDRESSES[1]}").unlink()
    until_answering(balancer, *ADDRESSES)


def test_a_server_whose_certificate_has_run_out_is_left_out_although_it_knows_the_balancer_from_before(
    balancer: Room,
) -> None:
    """A TLS session that is taken up again shows no certificate: checks must not take one up."""
    until_answering(balancer, *ADDRESSES)
    balancer.write(f"/run/expired-{ADDRESSES[1]}", "")
    until_answering(balancer, ADDRESSES[0], ADDRESSES[2])
