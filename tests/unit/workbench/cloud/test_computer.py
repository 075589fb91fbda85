"""What runs before runc on an instance: containers start although this computer permits less than EC2."""

import json
import subprocess
from pathlib import Path

import pytest

from workbench.cloud.instances.computer import kubelet, runc

FLAGS = "/var/lib/kubelet/kubeadm-flags.env"
PODS = "/kubelet/pods/4e/volumes/kubernetes.io~configmap/configuration"


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    """A bundle as containerd writes it: compact JSON. The volume is a folder of links, as the kubelet makes it."""
    volume, made = tmp_path / PODS.lstrip("/"), tmp_path / "bundle"
    (volume / "..data").mkdir(parents=True)
    (volume / "..data" / "config.yaml").write_text("mode: nftables\n")
    (volume / "config.yaml").symlink_to("..data/config.yaml")
    made.mkdir()
    return made


def started(bundle: Path, destination: str, *, may_protect: bool = False) -> dict[str, object]:
    """The configuration that runc would read."""
    mounts = [
        {"destination": "/proc", "type": "proc", "source": "proc", "options": ["nosuid"]},
        {"destination": destination, "type": "bind", "source": f"{bundle.parent}{PODS}", "options": ["rbind", "ro"]},
        {"destination": "/dev/shm", "type": "bind", "source": "/run/shm", "options": ["rbind"]},  # noqa: S108 - a name
    ]
    content = {"process": {"oomScoreAdj": -997}, "mounts": mounts}
    (bundle / "config.json").write_text(json.dumps(content, separators=(",", ":")))
    program = bundle.parent / "runc"
    program.write_text(runc(may_protect=may_protect).replace("/usr/local/bin/runc", "/bin/true"))
    words = ["--root", "/run", "create", "--bundle", str(bundle), "name"]
    subprocess.run(["sh", str(program), *words], check=True)
    found: dict[str, object] = json.loads((bundle / "config.json").read_text())
    return found


def sources(configuration: dict[str, object]) -> list[str]:
    mounts = configuration["mounts"]
    assert isinstance(mounts, list)
    return [str(mount["source"]) for mount in mounts]


def test_kube_proxy_leaves_the_table_of_connections_alone(bundle: Path) -> None:
    assert sources(started(bundle, "/var/lib/kube-proxy")) == ["proc", f"{bundle}/kube-proxy", "/run/shm"]
    text = (bundle / "kube-proxy" / "config.yaml").read_text()
    assert text == "mode: nftables\nconntrack: {maxPerCore: 0, min: 0}\n"
    original = Path(f"{bundle.parent}{PODS}/config.yaml").read_text()
    assert original == "mode: nftables\n", "the pod's own volume is unchanged"


def test_a_container_of_another_pod_keeps_its_mounts(bundle: Path) -> None:
    assert sources(started(bundle, "/etc/coredns"))[1] == f"{bundle.parent}{PODS}"
    assert not (bundle / "kube-proxy").exists()


@pytest.mark.parametrize(("may_protect", "score"), [(True, -997), (False, 0)])
def test_a_process_is_protected_from_the_kernel_only_where_root_may_do_that(
    bundle: Path, *, may_protect: bool, score: int
) -> None:
    assert started(bundle, "/etc/coredns", may_protect=may_protect)["process"] == {"oomScoreAdj": score}


@pytest.mark.parametrize("old_groups", [True, False])
def test_the_kubelet_gets_what_this_computer_needs_once_and_keeps_its_own_flags(
    tmp_path: Path, *, old_groups: bool
) -> None:
    flags = tmp_path / "kubeadm-flags.env"
    flags.write_text('KUBELET_KUBEADM_ARGS="--node-ip=10.20.0.10"\n')
    line = next(line for line in kubelet(old_groups=old_groups).splitlines() if line.startswith("ExecStartPre="))
    # As systemd reads it: escapes in quotes, and percent signs.
    words = line.partition("=")[2].replace("%%", "%").replace(r"\\", "\\").replace(FLAGS, str(flags))
    for _ in range(2):
        subprocess.run(["sh", "-c", words], check=True)
    text = flags.read_text()
    assert text.startswith('KUBELET_KUBEADM_ARGS="--node-ip=10.20.0.10 --eviction-hard=memory.available<100Mi,')
    assert text.count("--eviction-hard") == 1
    assert "imagefs.available<0%" in text
    assert ("--fail-cgroupv1=false" in text) == old_groups
    assert text.endswith('"\n')
