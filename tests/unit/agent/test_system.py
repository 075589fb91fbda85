"""The operating system's settings, on machines that may change them and on those that may not."""

import pytest

from agent.model.failure import NotHealthy
from agent.steps.system import SystemStep
from tests.unit.agent.place import Place, Wish, named

SYSCTL = Wish("/etc/sysctl.d/90-quorate.conf", "# why\nnet.ipv4.ip_forward = 1\nvm.absent = 0\n", "system")
MODULES = Wish("/etc/modules-load.d/quorate.conf", "overlay\nbr_netfilter\n", "system")
HOSTS = [{"address": "10.0.0.10", "names": ["api.test"]}, {"address": "10.0.0.1", "names": ["cp1"]}]


def kernel(place: Place, **values: str) -> None:
    for name, value in {"net/ipv4/ip_forward": "0", "kernel/osrelease": "6.1.0", **values}.items():
        path = place.file(f"/proc/sys/{name}")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{value}\n")


def step(place: Place, *files: Wish, hosts: object = ()) -> SystemStep:
    return SystemStep(place.machine(files, hosts=list(hosts) if isinstance(hosts, list) else []))


def test_the_clusters_names_stand_in_a_block_of_their_own_beside_the_administrators_lines(place: Place) -> None:
    place.file("/etc/hosts").write_text("127.0.0.1 localhost\n10.9.9.9 backup")
    step(place, hosts=HOSTS).apply()
    text = place.file("/etc/hosts").read_text()
    assert text.startswith("127.0.0.1 localhost\n10.9.9.9 backup\n")
    assert "10.0.0.10 api.test\n" in text
    assert step(place, hosts=HOSTS).differences() == []


def test_a_changed_member_list_replaces_the_block_and_nothing_else(place: Place) -> None:
    place.file("/etc/hosts").write_text("127.0.0.1 localhost\n")
    step(place, hosts=HOSTS).apply()
    with place.file("/etc/hosts").open("a") as file:
        file.write("10.9.9.9 added-later\n")
    assert "/etc/hosts" in named(step(place, hosts=HOSTS[1:]).differences())
    step(place, hosts=HOSTS[1:]).apply()
    text = place.file("/etc/hosts").read_text()
    assert "api.test" not in text
    assert "10.9.9.9 added-later" in text
    assert text.count("quorate: begin") == 1


def test_a_kernel_setting_is_compared_with_the_kernel_not_with_the_file(place: Place) -> None:
    kernel(place)
    made = step(place, SYSCTL)
    assert named(made.differences())["net.ipv4.ip_forward"].found == "0"
    made.apply()
    assert place.file("/proc/sys/net/ipv4/ip_forward").read_text() == "1"
    assert step(place, SYSCTL).differences() == []


def test_a_setting_that_this_kernel_does_not_have_is_reported_and_does_not_fail(place: Place) -> None:
    kernel(place)
    step(place, SYSCTL).apply()
    assert any("vm.absent" in note for note in place.notes())


def test_a_kernel_without_loadable_modules_is_reported_and_does_not_fail(place: Place) -> None:
    kernel(place)
    place.file("/sys/module/overlay").mkdir(parents=True)
    step(place, MODULES).apply()
    assert any("does not load modules" in note and "br_netfilter" in note for note in place.notes())
    assert step(place, MODULES).differences() == []


def test_missing_modules_are_loaded_where_there_are_some_and_built_in_ones_are_not_asked_for(place: Place) -> None:
    kernel(place)
    place.file("/lib/modules/6.1.0").mkdir(parents=True)
    place.file("/lib/modules/6.1.0/modules.builtin").write_text("kernel/fs/overlayfs/overlay.ko\n")
    place.program("modprobe", f'mkdir -p {place.root}/sys/module/$2; echo "$2" >> {place.folder}/loaded')
    made = step(place, MODULES)
    assert "module br_netfilter" in named(made.differences())
    made.apply()
    assert (place.folder / "loaded").read_text() == "br_netfilter\n"
    assert step(place, MODULES).differences() == []


def test_swap_is_turned_off_for_now_and_for_the_next_boot(place: Place) -> None:
    place.file("/proc/swaps").write_text("Filename Type Size Used Priority\n/dev/vda2 partition 1 0 -2\n")
    place.program("swapoff", f'echo "Filename" > {place.root}/proc/swaps')
    made = step(place)
    assert named(made.differences())["swap"].found == "on: /dev/vda2"
    made.apply()
    assert "mask swap.target" in place.orders()
    assert step(place).differences() == []


def test_the_swap_of_the_host_is_left_alone_inside_a_container(place: Place) -> None:
    (place.units / "container").touch()
    place.file("/proc/swaps").write_text("Filename Type Size Used Priority\n/dev/vda2 partition 1 0 -2\n")
    assert step(place).differences() == []


def test_a_foreign_file_that_wins_at_the_next_boot_is_named_and_overridden(place: Place) -> None:
    kernel(place, **{"net/ipv4/ip_forward": "1"})
    step(place, SYSCTL).apply()
    place.file("/etc/sysctl.d/99-x.conf").write_text("net/ipv4/ip_forward=0\n")
    found = named(step(place, SYSCTL).differences())["net.ipv4.ip_forward after a reboot"]
    assert (found.wanted, found.found) == ("1", "0, set by /etc/sysctl.d/99-x.conf")
    step(place, SYSCTL).apply()
    assert step(place, SYSCTL).differences() == []
    step(place, SYSCTL).verify()
    place.file("/etc/sysctl.d/99-x.conf").unlink()
    step(place, SYSCTL).apply()
    assert not place.file("/etc/sysctl.d/zz-quorate.conf").exists()


def test_a_file_that_even_the_override_cannot_beat_fails_the_step_with_its_name(place: Place) -> None:
    kernel(place)
    place.file("/etc/sysctl.d/zzz.conf").parent.mkdir(parents=True, exist_ok=True)
    place.file("/etc/sysctl.d/zzz.conf").write_text("net.ipv4.ip_forward = 0\n")
    made = step(place, SYSCTL)
    made.apply()
    with pytest.raises(NotHealthy, match=r"/etc/sysctl.d/zzz.conf"):
        made.verify()


def test_a_default_route_from_router_advertisements_stays_when_the_node_forwards(place: Place) -> None:
    forwarding = Wish("/etc/sysctl.d/90-quorate.conf", "net.ipv6.conf.all.forwarding = 1\n", "system")
    kernel(
        place,
        **{
            "net/ipv6/conf/all/forwarding": "0",
            "net/ipv6/conf/eth0/accept_ra": "1",
            "net/ipv6/conf/eth1/accept_ra": "0",
            "net/ipv6/conf/veth1/accept_ra": "1",
        },
    )
    for interface in ("eth0", "eth1"):
        place.file(f"/sys/class/net/{interface}/device").mkdir(parents=True)
    step(place, forwarding).apply()
    assert place.file("/proc/sys/net/ipv6/conf/eth0/accept_ra").read_text() == "2"
    assert place.file("/proc/sys/net/ipv6/conf/eth1/accept_ra").read_text() == "0\n"
    assert place.file("/etc/sysctl.d/zz-quorate.conf").read_text() == "net.ipv6.conf.eth0.accept_ra = 2\n"
    assert step(place, forwarding).differences() == []


def test_swap_that_comes_back_with_the_next_boot_is_a_difference_from_every_source(place: Place) -> None:
    place.file("/etc/fstab").write_text("# swap\n/dev/vda2 none swap sw 0 0\n")
    place.file("/usr/lib/systemd").mkdir(parents=True)
    place.file("/usr/lib/systemd/zram-generator.conf").write_text("[zram0]\n")
    place.file("/etc/systemd").mkdir(parents=True)
    place.service("zramswap.service")
    wants = place.file("/etc/systemd/system/multi-user.target.wants")
    wants.mkdir(parents=True)
    (wants / "zramswap.service").touch()
    found = [d.found for d in step(place).differences() if d.what == "swap after a reboot"]
    assert found == [
        "zramswap.service is enabled",
        "/etc/fstab has swap, and swap.target is not masked",
        "zram-generator is configured",
    ]
    step(place).apply()
    assert [order for order in place.orders() if order.startswith("mask")] == [
        "mask zramswap.service",
        "mask swap.target",
    ]
    assert step(place).differences() == []


def test_cloud_init_does_not_write_the_hosts_file_again(place: Place) -> None:
    place.file("/etc/cloud/cloud.cfg.d").mkdir(parents=True)
    place.file("/etc/cloud/cloud.cfg").write_text("users: []\nmanage_etc_hosts: true\n")
    found = named(step(place, hosts=HOSTS).differences())
    assert "/etc/cloud/cloud.cfg" in found["/etc/hosts after a reboot"].found
    step(place, hosts=HOSTS).apply()
    assert step(place, hosts=HOSTS).differences() == []
