"""Services: the least that brings them to the wanted inputs, also after a cut at any point."""

import pytest

from agent.model.difference import Impact
from agent.model.failure import Failed
from agent.steps.address import AddressStep
from agent.steps.balancer import BalancerStep
from agent.steps.runtime import RuntimeStep
from agent.steps.time import TimeStep
from tests.unit.agent.place import Place, Wish, named


def unit(text: str = "1") -> Wish:
    return Wish("/etc/systemd/system/containerd.service", f"# {text}\n", "runtime")


def runtime(place: Place, text: str = "1") -> RuntimeStep:
    if not (place.units / "containerd.service").exists():
        place.service("containerd.service")
    return RuntimeStep(place.machine((unit(text),)))


def test_a_new_service_is_enabled_and_started_without_a_disruption(place: Place) -> None:
    step = runtime(place)
    assert all(d.impact is Impact.NONE for d in step.differences())
    step.apply()
    assert "add-wants multi-user.target containerd.service" in place.orders()
    assert step.differences() == []


def test_a_changed_unit_needs_a_restart_which_disturbs(place: Place) -> None:
    runtime(place).apply()
    step = runtime(place, "2")
    assert max(d.impact for d in step.differences()) is Impact.RESTART
    step.apply()
    assert place.orders()[-1] == "restart containerd.service"
    assert step.differences() == []


def test_a_file_that_was_written_before_a_cut_but_never_read_is_still_a_difference(place: Place) -> None:
    runtime(place).apply()
    place.machine((unit("2"),)).files("runtime").install()  # the cut came here
    step = runtime(place, "2")
    assert named(step.differences())["containerd.service runs with"].impact is Impact.RESTART
    step.apply()
    assert place.orders()[-1] == "restart containerd.service"


def test_going_back_after_a_power_cut_restarts_too_because_what_was_read_is_unknown(place: Place) -> None:
    runtime(place).apply()
    second = place.machine((unit("2"),))
    second.daemon("containerd.service", step="runtime", restart_on=(*second.wanted.of("runtime"), "x")).before_change()
    second.files("runtime").install()  # the cut came here, and then the old unit is wanted again
    step = runtime(place, "1")
    assert max(d.impact for d in step.differences()) is Impact.RESTART


def test_a_service_that_died_is_started_again_without_the_lock(place: Place) -> None:
    runtime(place).apply()
    place.end()
    step = runtime(place)
    assert [d.impact for d in step.differences()] == [Impact.NONE]
    step.apply()
    assert step.differences() == []


def test_a_service_that_does_not_start_is_reported_with_its_last_output(place: Place) -> None:
    place.service("containerd.service", "echo no space left on device; exit 1")
    step = RuntimeStep(place.machine((unit(),)))
    step.patience = 0.5
    step.apply()
    with pytest.raises(Failed, match="no space left on device"):
        step.verify()


def balancer(place: Place, text: str, *, port: int = 8443) -> BalancerStep:
    wish = Wish("/etc/haproxy/haproxy.cfg", text, "balancer")
    return BalancerStep(place.machine((wish,), endpoint={"name": "a", "port": port, "address": None}), "haproxy")


def test_a_balancer_configuration_is_reloaded_never_restarted(place: Place) -> None:
    place.service("haproxy.service")
    place.program("haproxy", "grep -q good $4")
    balancer(place, "good 1").apply()
    step = balancer(place, "good 2")
    assert all(d.impact is Impact.NONE for d in step.differences())
    step.apply()
    assert place.orders()[-1] == "reload haproxy.service"
    assert step.differences() == []


def test_a_configuration_that_the_balancer_refuses_never_replaces_the_running_one(place: Place) -> None:
    place.service("haproxy.service")
    place.program("haproxy", "grep -q good $4 || { echo unknown keyword >&2; exit 1; }")
    balancer(place, "good").apply()
    with pytest.raises(Failed, match="unknown keyword"):
        balancer(place, "bad").apply()
    assert place.file("/etc/haproxy/haproxy.cfg").read_text() == "good"
    assert "reload haproxy.service" not in place.orders()
    assert [path.name for path in place.file("/etc/haproxy").iterdir()] == ["haproxy.cfg"]


def test_a_balancer_that_is_not_installed_is_reported_with_the_package_to_install(place: Place) -> None:
    with pytest.raises(Failed, match="haproxy is not installed"):
        balancer(place, "good").apply()


def test_the_previous_balancer_is_stopped_when_another_one_is_planned(place: Place) -> None:
    for name in ("haproxy", "nginx"):
        place.service(f"{name}.service")
        place.program(name, "exit 0")
    balancer(place, "good").apply()
    step = BalancerStep(place.machine((Wish("/etc/nginx/nginx.conf", "x", "balancer"),)), "nginx")
    assert named(step.differences())["balancer"].found == "haproxy"
    step.apply()
    orders = place.orders()
    assert orders.index("stop haproxy.service") < orders.index("start nginx.service")
    assert step.differences() == []


def test_keepalived_is_asked_about_its_configuration_when_the_check_that_it_names_is_there(place: Place) -> None:
    place.service("keepalived.service")
    place.program("keepalived", f"test -x {place.root}/etc/keepalived/check-balancer")
    check = Wish("/etc/keepalived/check-balancer", "#!/bin/sh", "address", mode=0o755)
    AddressStep(place.machine((Wish("/etc/keepalived/keepalived.conf", "1", "address"), check))).apply()


def test_keepalived_is_reloaded_so_that_an_owner_keeps_the_address(place: Place) -> None:
    place.service("keepalived.service")
    place.program("keepalived", "exit 0")
    AddressStep(place.machine((Wish("/etc/keepalived/keepalived.conf", "1", "address"),))).apply()
    AddressStep(place.machine((Wish("/etc/keepalived/keepalived.conf", "2", "address"),))).apply()
    assert place.orders()[-1] == "reload keepalived.service"
    assert "restart keepalived.service" not in place.orders()


def test_a_container_has_no_clock_of_its_own_and_the_host_keeps_the_time(place: Place) -> None:
    (place.units / "container").touch()
    place.service("chrony.service")
    step = TimeStep(place.machine((Wish("/etc/chrony/conf.d/quorate.conf", "x", "time"),)))
    step.apply()
    step.verify()
    assert "the host keeps the time" in place.notes()
    assert step.differences() == []
    assert "start chrony.service" not in place.orders()


def test_without_the_right_to_set_the_clock_the_host_keeps_the_time(place: Place) -> None:
    place.file("/proc/self").mkdir()
    place.file("/proc/self/status").write_text("CapEff:\t00000000a80425fb\n")  # Docker's usual set
    TimeStep(place.machine()).apply()
    assert "the host keeps the time" in place.notes()


def test_a_change_of_the_clocks_configuration_restarts_chrony_without_the_clusters_lock(place: Place) -> None:
    place.service("chrony.service")
    TimeStep(place.machine((Wish("/etc/chrony/conf.d/quorate.conf", "1", "time"),))).apply()
    step = TimeStep(place.machine((Wish("/etc/chrony/conf.d/quorate.conf", "2", "time"),)))
    assert all(d.impact is Impact.NONE for d in step.differences())
    step.apply()
    assert place.orders()[-1] == "restart chrony.service"
