"""Which folder of this computer its machines see as their store."""

from pathlib import Path

import pytest

from plan.settings.artifacts import Artifacts
from plan.store import mounted
from tests.unit.plan.site import refusals


def folder(store: str, manifest: str) -> Path | None:
    return mounted(Artifacts(source="store", store=store, manifest=manifest), Path("/project"))


def test_the_manifests_folder_is_the_store() -> None:
    assert folder("file:///opt/quorate/store", "stores/manifest.json") == Path("/project/stores")


def test_versions_lie_side_by_side_in_one_folder_that_stays_the_same() -> None:
    found = [folder(f"file:///opt/quorate/store/{v}", f"stores/{v}/manifest.json") for v in ("1.36.2", "1.36.3")]
    assert found == [Path("/project/stores")] * 2


@pytest.mark.parametrize(
    ("store", "manifest"),
    [
        ("file:///opt/quorate/store/1.36.3", "stores/1.36.2/manifest.json"),
        ("file:///opt/quorate/store/1.36.3", "manifest.json"),
        ("file:///srv/store", "stores/manifest.json"),
    ],
)
def test_a_store_that_the_machines_would_not_see_is_refused(store: str, manifest: str) -> None:
    assert folder(store, manifest) is None
    local = {"localMachines": {"fleet": "here", "bridge": "here0"}}
    said = refusals({**local, "artifacts": {"source": "store", "store": store, "manifest": manifest}})
    assert "artifacts.store" in {one.at for one in said}


def test_a_store_on_the_web_is_not_mounted() -> None:
    assert folder("https://files.example.com/quorate", "stores/manifest.json") is None
