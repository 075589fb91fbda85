"""The pod network's step with the real `ip` and `nft`, in a network of its own."""

import os
import subprocess
from collections.abc import Iterator

import pytest

from agent.kubernetes import pod_network
from agent.model.difference import Impact
from agent.model.failure import Failed
from agent.steps.pod_network import CONFLIST, SERVICE, TIMER, PodNetworkStep
from tests.unit.agent.place import Place, Wish, named, remember
from workbench.lab.wait import NotYet, until

TABLE = "table ip quorate-pods {\n\tchain postrouting {\n\t\ttype nat hook postrouting priority srcnat;\n\t}\n}\n"
FIRST, SECOND = (
    "route replace 10.244.12.0/24 via 10.88.0.12 proto 78\n",
    ("route replace 10.244.13.0/24 via 10.88.0.13 proto 78\n"),
)
OWN = "route replace unreachable 10.244.11.0/24 proto 78\n"


@pytest.fixture
def kernel(place: Place) -> Iterator[Place]:
    """A place whose `ip` and `nft` work on a network with the address 10.88.0.11/24."""
    if os.geteuid() != 0:
        pytest.skip("network namespaces are made by root")
    prepare = """ip link add host0 type veth peer name other
        ip link set other up; ip link set host0 up
        ip address add 10.88.0.11/24 dev host0; echo"""
    with subprocess.Popen(
        ["unshare", "--net", "sh", "-ec", f"{prepare}; exec sleep infinity"], stdout=subprocess.PIPE
    ) as held:
        try:
            assert held.stdout is not None
            assert held.stdout.readline(), "no network could be made"
            for name in ("ip", "nft"):
                place.program(name, f'exec nsenter -t {held.pid} -n /usr/sbin/{name} "$@"')
            folder = place.file(pod_network.FOLDER)
            run = f"{place.programs}/nft --file {folder}/masquerade.nft; {place.programs}/ip -batch {folder}/routes"
            run += f"; touch {place.folder}/ended"
            place.service(SERVICE, run)
            place.service(TIMER)
            yield place
        finally:
            held.kill()


def wishes(routes: str, conflist: str = "{}") -> tuple[Wish, ...]:
    return (
        Wish(CONFLIST, conflist, "pod-network"),
        Wish(pod_network.ROUTES, routes, "pod-network"),
        Wish(f"{pod_network.FOLDER}/masquerade.nft", TABLE, "pod-network"),
        Wish(f"/etc/systemd/system/{TIMER}", "# timer\n", "pod-network"),
    )


def applied(place: Place, *files: Wish) -> PodNetworkStep:
    """The step that was applied, checked as a whole and remembered, as the runner and the agent do."""
    step = PodNetworkStep(place.machine(files))
    (place.folder / "ended").unlink(missing_ok=True)
    step.apply()
    if files:
        settled(place)
    step.verify()
    remember(place, files)
    return step


def settled(place: Place) -> None:
    """systemctl here does not wait for a oneshot's end."""
    until("the service has ended", lambda: ended(place), seconds=30)


def ended(place: Place) -> None:
    if not (place.folder / "ended").exists():
        raise NotYet((place.units / SERVICE / "output").read_text())


def routes(place: Place) -> set[str]:
    return {f"{route.to} via {route.via}" for route in pod_network.present(place.host)}


def test_a_new_node_gets_its_routes_and_rules_without_a_disruption(kernel: Place) -> None:
    step = PodNetworkStep(kernel.machine(wishes(FIRST + SECOND)))
    assert max(difference.impact for difference in step.differences()) is Impact.NONE
    applied(kernel, *wishes(FIRST + SECOND + OWN))
    assert routes(kernel) == {
        "10.244.12.0/24 via 10.88.0.12",
        "10.244.13.0/24 via 10.88.0.13",
        "10.244.11.0/24 via unreachable",
    }
    assert PodNetworkStep(kernel.machine(wishes(FIRST + SECOND + OWN))).differences() == []


def test_the_route_to_a_node_that_left_goes_and_other_peoples_routes_stay(kernel: Place) -> None:
    applied(kernel, *wishes(FIRST + SECOND + OWN))
    kernel.host.commands.run("ip", "route", "add", "10.99.0.0/24", "via", "10.88.0.99")
    step = PodNetworkStep(kernel.machine(wishes(FIRST)))
    assert named(step.differences())["route to 10.244.13.0/24"].wanted == "none"
    assert max(difference.impact for difference in step.differences()) is Impact.NONE
    applied(kernel, *wishes(FIRST))
    assert routes(kernel) == {"10.244.12.0/24 via 10.88.0.12"}
    assert "10.99.0.0/24" in kernel.host.commands.run("ip", "route")


def test_a_route_that_was_removed_from_the_kernel_is_a_difference_and_comes_back(kernel: Place) -> None:
    applied(kernel, *wishes(FIRST))
    kernel.host.commands.run("ip", "route", "flush", "proto", pod_network.PROTOCOL)
    kernel.host.commands.run("nft", "flush", "ruleset")
    found = named(PodNetworkStep(kernel.machine(wishes(FIRST))).differences())
    assert set(found) == {"route to 10.244.12.0/24", "masquerading of pods"}
    applied(kernel, *wishes(FIRST))
    assert routes(kernel) == {"10.244.12.0/24 via 10.88.0.12"}


def test_another_configuration_of_a_running_network_is_changed_one_node_at_a_time(kernel: Place) -> None:
    applied(kernel, *wishes(FIRST))
    found = named(PodNetworkStep(kernel.machine(wishes(FIRST, conflist='{"new": 1}'))).differences())
    assert found[CONFLIST].impact is Impact.RESTART


def test_a_network_that_is_another_ones_from_now_on_is_taken_away_whole(kernel: Place) -> None:
    applied(kernel, *wishes(FIRST))
    step = PodNetworkStep(kernel.machine())
    assert named(step.differences())[CONFLIST].impact is Impact.RESTART
    applied(kernel)
    assert routes(kernel) == set()
    assert not pod_network.masquerades(kernel.host)
    assert not kernel.file(CONFLIST).exists()
    assert f"stop {TIMER}" in kernel.orders()
    assert PodNetworkStep(kernel.machine()).differences() == []


def test_a_route_that_the_kernel_does_not_take_fails_the_step_by_its_name(kernel: Place) -> None:
    files = wishes("route replace 10.244.12.0/24 via 10.77.0.12 proto 78\n")
    step = PodNetworkStep(kernel.machine(files))
    step.apply()
    settled(kernel)
    with pytest.raises(Failed, match=r"route to 10\.244\.12\.0/24"):
        step.verify()


def test_a_machine_without_the_built_in_network_is_not_asked_for_anything(place: Place) -> None:
    place.program("ip", "exit 1")
    place.program("nft", "exit 1")
    assert PodNetworkStep(place.machine()).differences() == []


def test_a_firewall_that_drops_packets_of_pods_is_named_and_loses_our_rules_when_the_node_leaves(kernel: Place) -> None:
    applied(kernel, *wishes(FIRST + OWN))
    nft = kernel.host.commands
    nft.run(
        "nft", "add table ip filter; add chain ip filter FORWARD { type filter hook forward priority 0; policy drop; }"
    )
    step = PodNetworkStep(kernel.machine(wishes(FIRST + OWN)))
    assert "packets of pods in ip filter FORWARD" in named(step.differences())
    nft.run("nft", 'add rule ip filter FORWARD ip saddr 10.244.0.0/16 accept comment "quorate-pods"')
    assert step.differences() == []
    pod_network.release(kernel.host)
    assert "quorate-pods" not in nft.run("nft", "list", "ruleset")
