"""Images: imported once for each digest, those of the control plane first."""

import hashlib

import pytest

from agent.model.failure import Failed
from agent.steps import steps
from agent.steps.control_plane import ControlPlaneStep
from agent.steps.images import ImagesStep, StaticImagesStep
from tests.unit.agent.place import Place


def artifacts(**images: bytes) -> dict[str, object]:
    """What the manifest says of archives with these contents."""
    digests = [
        {"path": f"images/{name}.tar", "sha256": hashlib.sha256(content).hexdigest(), "kind": "image"}
        for name, content in images.items()
    ]
    return {"source": "store", "store": "file:///opt/store", "digests": digests}


@pytest.fixture(autouse=True)
def store(place: Place) -> None:
    """Two archives, and a `ctr` that notes what it is given."""
    place.service("containerd.service")
    place.program("ctr", f'echo "$6" >> {place.folder}/imported')
    place.file("/opt/store/images").mkdir(parents=True)
    place.file("/opt/store/images/pause.tar").write_bytes(b"pause")
    place.file("/opt/store/images/coredns.tar").write_bytes(b"coredns")


def imported(place: Place) -> list[str]:
    log = place.folder / "imported"
    return [line.rpartition("/")[2] for line in log.read_text().splitlines()] if log.exists() else []


def test_images_are_imported_once_for_each_digest(place: Place) -> None:
    machine = place.machine(artifacts=artifacts(pause=b"something else"))
    with pytest.raises(Failed, match=hashlib.sha256(b"pause").hexdigest()):
        StaticImagesStep(machine).apply()
    assert imported(place) == []
    for _ in range(2):
        StaticImagesStep(place.machine(artifacts=artifacts(pause=b"pause"))).apply()
    assert imported(place) == ["pause.tar"]


def test_the_control_plane_waits_only_for_the_images_of_its_static_pods(place: Place) -> None:
    machine = place.machine(artifacts=artifacts(coredns=b"coredns", pause=b"pause"))
    StaticImagesStep(machine).apply()
    assert imported(place) == ["pause.tar"]
    assert "images" not in ControlPlaneStep.after
    assert [difference.what for difference in ImagesStep(machine).differences()] == ["image archive images/coredns.tar"]
    ImagesStep(machine).apply()
    assert imported(place) == ["pause.tar", "coredns.tar"]
    assert not StaticImagesStep(machine).differences()
    assert not ImagesStep(machine).differences()


def test_a_worker_has_every_image_before_its_kubelet_starts(place: Place) -> None:
    machine = place.machine(role="worker", artifacts=artifacts(coredns=b"coredns", pause=b"pause"))
    wanted = {step.name: step for step in steps(machine, None)}
    assert "images" in wanted["kubelet"].after
    wanted["images"].apply()
    assert sorted(imported(place)) == ["coredns.tar", "pause.tar"]
