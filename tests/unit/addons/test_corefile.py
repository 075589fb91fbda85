"""The Corefile is read by CoreDNS itself, in a room in which no API server answers."""

import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from documents.addons.corefile import corefile
from plan import Plan
from tests.unit.addons import topologies
from tests.unit.documents.issuing import issued
from tests.unit.documents.programs import needed
from tests.unit.documents.room import Room, room

ACCOUNT = "/run/secrets/kubernetes.io/serviceaccount"  # /var/run leads there; a link would be followed outside
PATIENCE = 60.0  # seconds; CoreDNS itself waits 5 s for the API before it serves without
STUBS: dict[str, object] = {
    "addons": {
        "coreDns": {
            "upstream": ["192.0.2.1"],
            "stubDomains": [{"domain": "consul.internal", "servers": ["192.0.2.2", "192.0.2.3"]}],
        }
    }
}


@contextmanager
def started(text: str) -> Iterator[tuple[Room, subprocess.Popen[bytes]]]:
    """CoreDNS with this configuration, as in a pod."""
    program = needed("coredns")
    plan = topologies.local()
    with room() as inside:
        inside.write("/etc/coredns/Corefile", text)
        inside.write(f"{ACCOUNT}/token", "token")
        inside.write(f"{ACCOUNT}/ca.crt", issued(plan, plan.nodes[0])["/etc/kubernetes/pki/ca.crt"])
        environment = ("env", "KUBERNETES_SERVICE_HOST=127.0.0.9", "KUBERNETES_SERVICE_PORT=443")
        process = inside.start(*environment, str(program), "-conf", "/etc/coredns/Corefile", log="/run/coredns.log")
        yield inside, process


def said(inside: Room) -> str:
    return (inside.root / "run/coredns.log").read_text()


def serves(zones: list[str], inside: Room, process: subprocess.Popen[bytes]) -> bool:
    """Whether it says that it serves these zones; False when it ends instead."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and process.poll() is None:
        if {f"{zone}:53" for zone in zones} <= set(said(inside).split()):
            return True
        time.sleep(0.1)
    return False


@pytest.mark.parametrize("plan", [topologies.local(), topologies.local(STUBS)], ids=["local", "stub-domains"])
def test_coredns_takes_the_corefile_and_serves_every_zone_of_it(plan: Plan) -> None:
    zones = [".", *(f"{stub.domain}." for stub in plan.settings.addons.core_dns.stub_domains)]
    with started(corefile(plan)) as (inside, process):
        assert serves(zones, inside, process), said(inside)


def test_coredns_would_say_so_if_it_did_not_know_a_line() -> None:
    text = corefile(topologies.local()).replace("pods insecure", "upstream 10.0.0.1")
    with started(text) as (inside, process):
        assert not serves(["."], inside, process)
        assert "unknown property 'upstream'" in said(inside)
