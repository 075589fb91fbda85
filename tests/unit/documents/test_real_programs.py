"""Every text is accepted by the program that reads it, at its real path."""

import re
from collections.abc import Iterator

import pytest

import documents
from documents import kubeadm
from plan import Plan
from tests.unit.documents.issuing import issued
from tests.unit.documents.programs import needed
from tests.unit.documents.room import Room, room
from tests.unit.documents.topologies import ALL_ETCD, DEDICATED, FIVE, IPV6, NGINX, PACKAGES, WHOLE_MACHINES, local

OTHER = "/etc/kubernetes/other.yaml"

PLANS = {
    "local": local(),
    "local with nginx": local(NGINX),
    "a data centre with packages": local(WHOLE_MACHINES, PACKAGES),
    "dedicated balancers": local(WHOLE_MACHINES, DEDICATED),
    "IPv6": local(WHOLE_MACHINES, IPV6),
    "IPv6 with nginx": local(IPV6, NGINX),
    "five nodes, all etcd": local(FIVE, ALL_ETCD),
}


@pytest.fixture(scope="module", params=list(PLANS.values()), ids=list(PLANS))
def furnished(request: pytest.FixtureRequest) -> Iterator[tuple[Plan, Room]]:
    plan: Plan = request.param
    node = plan.nodes[0]
    prefix = 64 if node.address.version == 6 else 24
    with room(addresses=(f"{node.address}/{prefix}",)) as inside:
        inside.furnish(documents.files(plan, node), issued(plan, node))
        for balancer in documents.dedicated_hosts(plan)[:1]:
            inside.furnish(documents.files(plan, balancer), {})
            inside.write("/etc/haproxy/ca.crt", issued(plan, node)["/etc/kubernetes/pki/ca.crt"])
        yield plan, inside


def test_the_balancer_accepts_its_configuration_without_a_warning(furnished: tuple[Plan, Room]) -> None:
    plan, room_ = furnished
    check = {"haproxy": ("-c", "-f", "/etc/haproxy/haproxy.cfg"), "nginx": ("-t",)}
    balancer = plan.settings.endpoint.balancer
    answer = room_.run(str(needed(balancer)), *check[balancer])
    assert answer.returncode == 0, answer.stdout
    assert "warn" not in answer.stdout.lower()


def test_keepalived_accepts_its_configuration_without_a_word(furnished: tuple[Plan, Room]) -> None:
    _, room_ = furnished
    answer = room_.run(str(needed("keepalived")), "-t", "-f", "/etc/keepalived/keepalived.conf")
    assert (answer.returncode, answer.stdout) == (0, "")


def test_chrony_reads_its_sources(furnished: tuple[Plan, Room]) -> None:
    plan, room_ = furnished
    answer = room_.run(str(needed("chronyd")), "-p", "-f", "/etc/chrony/chrony.conf")
    assert answer.returncode == 0, answer.stdout
    assert all(f"server {server} iburst" in answer.stdout for server in plan.settings.network.time_servers)


def test_containerd_takes_every_setting_as_meant(furnished: tuple[Plan, Room]) -> None:
    plan, room_ = furnished
    answer = room_.run(str(needed("containerd")), "config", "dump")
    assert answer.returncode == 0, answer.stdout
    inside = plan.settings.local_machines is not None
    assert f"restrict_oom_score_adj = {str(inside).lower()}" in answer.stdout
    assert f"SystemdCgroup = {str(not inside).lower()}" in answer.stdout
    assert "sandbox = 'registry.k8s.io/pause:3.10.2'" in answer.stdout


def test_systemd_accepts_every_unit_and_drop_in(furnished: tuple[Plan, Room]) -> None:
    plan, room_ = furnished
    for program in ("etcd", "containerd", "kubelet", "keepalived", plan.settings.endpoint.balancer):
        needed(program)
    units = ["etcd", "containerd", "kubelet", "keepalived", plan.settings.endpoint.balancer]
    verified = [*(f"{unit}.service" for unit in units), "quorate-pod-network.service", "quorate-pod-network.timer"]
    units.append("quorate")
    answer = room_.run(str(needed("systemd-analyze")), "verify", *verified)
    ours = [line for line in answer.stdout.splitlines() if re.search("|".join(units), line)]
    assert (answer.returncode, ours) == (0, [])


def test_kubeadm_finds_nothing_to_mend_in_its_configuration(furnished: tuple[Plan, Room]) -> None:
    _, room_ = furnished
    answer = room_.run(str(needed("kubeadm")), "config", "validate", "--config", "/etc/kubernetes/quorate/kubeadm.yaml")
    assert (answer.returncode, answer.stdout.strip()) == (0, "ok")


def test_kubeadm_issues_nothing_because_every_certificate_and_kubeconfig_is_there(furnished: tuple[Plan, Room]) -> None:
    _, room_ = furnished
    before = _contents(room_)
    for phase in ("certs", "kubeconfig"):
        answer = room_.run(
            str(needed("kubeadm")), "init", "phase", phase, "all", "--config", "/etc/kubernetes/quorate/kubeadm.yaml"
        )
        assert answer.returncode == 0, answer.stdout
        assert "Generating" not in answer.stdout
        assert "Writing" not in answer.stdout
    assert _contents(room_) == before


def _contents(inside: Room) -> dict[str, bytes]:
    folder = inside.root / "etc/kubernetes"
    return {str(path): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


@pytest.mark.acceptance("T05")
@pytest.mark.parametrize("component", ["scheduler", "controller-manager"])
def test_of_several_schedulers_and_controller_managers_one_is_elected(local_node: Room, component: str) -> None:
    command = ("init", "phase", "control-plane", component, "--config", "/etc/kubernetes/quorate/kubeadm.yaml")
    answer = local_node.run(str(needed("kubeadm")), *command)
    assert answer.returncode == 0, answer.stdout
    manifest = local_node.root / f"etc/kubernetes/manifests/kube-{component}.yaml"
    assert "- --leader-elect=true\n" in manifest.read_text()


@pytest.mark.parametrize("algorithm", ["ECDSA-P256", "ECDSA-P384", "RSA-3072", "RSA-4096"])
def test_kubeadm_knows_every_key_algorithm_that_settings_offer(local_node: Room, algorithm: str) -> None:
    plan = local({"certificates": {"algorithm": algorithm}})
    local_node.write(OTHER, kubeadm.configuration(plan, plan.nodes[0]))
    answer = local_node.run(str(needed("kubeadm")), "config", "validate", "--config", OTHER)
    assert (answer.returncode, answer.stdout.strip()) == (0, "ok")


def test_the_kubelet_accepts_what_kubeadm_makes_of_its_configuration(furnished: tuple[Plan, Room]) -> None:
    _, room_ = furnished
    kubelet = needed("kubelet")
    written = room_.run(
        str(needed("kubeadm")), "init", "phase", "kubelet-start", "--config", "/etc/kubernetes/quorate/kubeadm.yaml"
    )
    assert written.returncode == 0, written.stdout
    answer = room_.run(
        "sh",
        "-c",
        # Sourced as a variable here; on a node systemd reads the file.
        ". /var/lib/kubelet/kubeadm-flags.env; exec timeout 10 "
        f"{kubelet} --kubeconfig=/etc/kubernetes/kubelet.conf --config=/var/lib/kubelet/config.yaml "
        "$KUBELET_KUBEADM_ARGS",
    )
    # There is no container runtime in the room; a whole machine's settings also refuse a computer with cgroup v1.
    assert "validate CRI v1 runtime API" in answer.stdout or "host using cgroup v1" in answer.stdout
    assert "Client rotation is on" not in answer.stdout
