from pathlib import Path

import pytest

from provider.local.machines import machine
from provider.local.machines.machine import Machine
from tests.live.machines.lab import FLEET, Key, spec


def said(command: str) -> str:
    done = machine.run(FLEET, "cp1", ["sh", "-c", command])
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.mark.usefixtures("cp1")
def test_nothing_runs_that_the_agent_did_not_start() -> None:
    assert said("systemctl is-system-running --wait") == "running"
    running = said("systemctl list-units --type=service --state=running --plain --no-legend")
    assert {line.split()[0] for line in running.splitlines()} <= {
        "console-getty.service",
        "dbus.service",
        "ssh.service",
        "systemd-journald.service",
        "systemd-logind.service",
        "systemd-networkd.service",
    }


@pytest.mark.usefixtures("cp1")
def test_the_programs_of_a_node_are_there() -> None:
    names = (
        "haproxy",
        "keepalived",
        "nginx",
        "runc",
        "chronyd",
        "conntrack",
        "nft",
        "curl",
    )
    assert len(said(f"for name in {' '.join(names)}; do command -v $name; done").splitlines()) == len(names)
    said("echo 'load_module modules/ngx_stream_module.so; events {} stream {}' > /tmp/n && nginx -t -c /tmp/n 2>&1")
    assert (
        said("python3 -c 'import sys, ssl, http.client, zipfile, tarfile; print(sys.version_info >= (3, 11))'")
        == "True"
    )


@pytest.mark.usefixtures("cp1")
def test_the_kubelet_can_make_control_groups_and_set_parameters() -> None:
    said("for h in /sys/fs/cgroup/*/; do mkdir $h/kubepods && rmdir $h/kubepods || exit 1; done")
    said("test -w /proc/sys/vm/overcommit_memory && mount | grep 'on /proc/sys type proc (rw'")
    said("test -c /dev/kmsg && dd if=/dev/kmsg of=/dev/null iflag=nonblock count=1")


@pytest.mark.usefixtures("cp1")
def test_containerd_and_etcd_lie_on_a_plain_file_system() -> None:
    kinds = said("stat --file-system --format %T / /var/lib/containerd /var/lib/etcd").split()
    assert kinds[0] == "overlayfs"
    assert "overlayfs" not in kinds[1:]


@pytest.mark.usefixtures("cp1")
def test_runc_can_make_a_container() -> None:
    bundle = "/var/lib/containerd/bundle"
    said(f"mkdir -p {bundle}/rootfs && cd {bundle} && runc spec")
    said(f'sed -i \'s/"terminal": true/"terminal": false/; s/"sh"/"none"/\' {bundle}/config.json')
    # The empty container has no such program; to find out, runc made its namespaces, control groups and mounts.
    answer = machine.run(FLEET, "cp1", ["runc", "run", "--bundle", bundle, "probe"])
    assert "executable file not found" in answer.stderr


@pytest.mark.usefixtures("cp1")
def test_names_fail_at_once_instead_of_after_a_wait() -> None:
    seconds = said("a=$(date +%s%N); getent hosts nowhere.example; b=$(date +%s%N); echo $(( (b - a) / 1000000 ))")
    assert int(seconds) < 500


@pytest.mark.usefixtures("network")
def test_the_store_is_seen_read_only_and_follows_its_folder(key: Key, tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text("old")
    machine.create(spec("cp1", key, store=str(tmp_path)))
    (tmp_path / "new").write_text("new")
    (tmp_path / "new").replace(tmp_path / "manifest.json")
    assert said("cat /opt/quorate/store/manifest.json") == "new"
    assert machine.run(FLEET, "cp1", ["touch", "/opt/quorate/store/mine"]).returncode == 1


@pytest.mark.usefixtures("network")
def test_a_machine_has_no_more_memory_than_it_was_given(key: Key) -> None:
    machine.create(spec("cp1", key, memory_megabytes=256))
    hog = machine.run(FLEET, "cp1", ["systemd-run", "--pipe", "--quiet", "python3", "-c", "b = bytearray(400 * 2**20)"])
    assert hog.returncode != 0
    fine = machine.run(FLEET, "cp1", ["systemd-run", "--pipe", "--quiet", "python3", "-c", "b = bytearray(40 * 2**20)"])
    assert fine.returncode == 0


def test_booting_a_machine_sets_no_parameter_of_the_host(cp1: Machine, key: Key) -> None:
    names = ("kernel/pid_max", "kernel/panic", "kernel/core_pattern", "fs/protected_hardlinks", "vm/overcommit_memory")
    before = {name: Path("/proc/sys", name).read_text() for name in names}
    said(
        "printf 'kernel.panic = 5\\nvm.overcommit_memory = 1\\nnet.ipv4.ip_forward = 1\\n' > /etc/sysctl.d/90-test.conf"
    )
    machine.stop(FLEET, cp1.name)
    machine.create(spec("cp1", key))
    assert {name: Path("/proc/sys", name).read_text() for name in names} == before
    assert said("cat /proc/sys/net/ipv4/ip_forward") == "1"
