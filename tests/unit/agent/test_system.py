"""The operating system's settings, on machines that may change them and on those that may not."""

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


def test_a_setting_that_this_kernel_does_not_have_is_said_and_not_failed(place: Place) -> None:
    kernel(place)
    step(place, SYSCTL).apply()
    assert any("vm.absent" in note for note in place.notes())


def test_a_kernel_without_loadable_modules_is_said_and_not_failed(place: Place) -> None:
    kernel(place)
    place.file("/sys/module/overlay").mkdir(parents=True)
    step(place, MODULES).apply()
    assert any("loads no modules" in note and "br_netfilter" in note for note in place.notes())
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
