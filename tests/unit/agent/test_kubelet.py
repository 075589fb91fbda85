"""The kubelet's configuration has one owner, and a kubelet that cannot start never keeps the right one from coming."""

import pytest

from agent.kubernetes import kubelet
from agent.kubernetes.kubeadm import CONFIGURATION, Kubeadm
from agent.kubernetes.static_pods import COMPONENTS, MANIFESTS, manifest_digest
from agent.model.failure import Failed, NotHealthy
from agent.steps.control_plane import ControlPlaneStep
from agent.steps.kubelet import KubeletStep
from agent.system.machine import Machine
from tests.unit.agent.place import Place, Wish, named

KUBEADM = """kind: InitConfiguration
---
kind: KubeletConfiguration
kubeReserved:
  cpu: {cpu}
  memory: {memory}
systemReserved:
  cpu: '0.5'
  memory: 512Mi
evictionHard:
  memory.available: 100Mi
  nodefs.available: 10%
"""


def files(*, cpu: str = "500m", memory: str = "512Mi") -> tuple[Wish, ...]:
    return (
        Wish(CONFIGURATION, KUBEADM.format(cpu=cpu, memory=memory), "control-plane"),
        Wish("/etc/systemd/system/kubelet.service", "# 1\n", "kubelet"),
    )


@pytest.fixture
def machine(place: Place) -> Machine:
    """A node on which kubeadm has run with the wanted inputs."""
    made = place.machine(files())
    place.service("kubelet.service", "echo cannot parse the configuration; exit 1")
    for path in (kubelet.CONFIGURATION, kubelet.FLAGS, *(f"{MANIFESTS}/{c}.yaml" for c in COMPONENTS)):
        place.file(path).parent.mkdir(parents=True, exist_ok=True)
        place.file(path).write_text(f"{path}\n")
    manifests = {f"manifest {c}": manifest_digest(made.host, c) for c in COMPONENTS}
    written = kubelet.written(made.host)
    made.record("control-plane").write({**manifests, **written, "inputs": Kubeadm(made).inputs()})
    return made


@pytest.mark.parametrize("path", [kubelet.CONFIGURATION, kubelet.FLAGS])
@pytest.mark.parametrize(
    ("done", "seen"), [(None, "is gone"), ("", "is empty"), ("x", "was changed by another process")]
)
def test_a_file_that_kubeadm_wrote_is_noticed_when_it_is_lost_emptied_or_altered(
    place: Place, machine: Machine, path: str, done: str | None, seen: str
) -> None:
    if done is None:
        place.file(path).unlink()
    else:
        place.file(path).write_text(done)
    assert named(ControlPlaneStep(machine).differences())["kubeadm"].found == f"{path} {seen}"


def test_a_node_as_kubeadm_left_it_does_not_run_kubeadm_again(machine: Machine) -> None:
    assert not ControlPlaneStep(machine).due()


def test_a_kubelet_that_cannot_start_does_not_hold_up_kubeadm_which_corrects_its_configuration(
    place: Place, machine: Machine
) -> None:
    place.file(kubelet.CONFIGURATION).write_text("kubeReserved: {memory: 900Gi}")
    step = KubeletStep(machine, due=ControlPlaneStep(machine).due)
    step.apply()
    step.verify()
    assert "start kubelet.service" not in place.orders()


def test_a_dead_kubelet_is_a_difference_and_a_failure_with_its_last_words(
    place: Place, machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    step = KubeletStep(machine, due=ControlPlaneStep(machine).due)
    step.apply()
    place.wait_for_end("kubelet.service")  # it lives for some milliseconds, in which it is only unhealthy
    assert named(step.differences()).keys() == {"kubelet.service state"}
    monkeypatch.setattr("agent.steps.kubelet.HEALTHY_SECONDS", 0.5)
    with pytest.raises(NotHealthy, match="cannot parse the configuration"):
        step.verify()


def test_a_running_kubelet_that_is_not_healthy_is_a_difference_and_is_restarted(place: Place, machine: Machine) -> None:
    place.service("kubelet.service")
    KubeletStep(machine, due=lambda: False).apply()
    step = KubeletStep(machine, due=lambda: False)
    assert "kubelet" in named(step.differences())
    step.apply()
    assert place.orders()[-1] == "restart kubelet.service"


def test_reservations_that_the_machine_cannot_hold_are_refused_with_both_figures(place: Place) -> None:
    place.file("/proc/meminfo").write_text("MemTotal:        4030000 kB\n")
    place.file("/proc/cpuinfo").write_text("processor\t: 0\n\nprocessor\t: 1\n")
    with pytest.raises(Failed, match=r"nothing was changed.*cpu: 3.5 cores.*has 2 cores.*memory: 8804 MiB.*3936 MiB"):
        kubelet.require_fit(place.host, place.wanted(files(cpu="3", memory="8Gi")).files)
    kubelet.require_fit(place.host, place.wanted(files()).files)
