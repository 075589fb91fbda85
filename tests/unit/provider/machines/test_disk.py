"""A machine's disk over an image that was baked."""

import json
from pathlib import Path

import pytest

from provider.local.machines import disk, place
from provider.local.machines.place import Place


def test_images_that_were_baked_are_shared_and_databases_are_the_machines_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(place, "STATE", tmp_path / "state")
    baked = tmp_path / "image/var/lib/containerd"
    (baked / "content/blobs").mkdir(parents=True)
    (baked / "content/blobs/layer").write_bytes(b"layer")
    (baked / "meta.db").write_bytes(b"database")
    (baked / "quorate-images.json").write_text(json.dumps({"images/pause.tar": "0" * 64}))
    made = Place(fleet="north", name="cp1")
    disk.make(made, tmp_path / "image")
    own = made.layers / "containerd"
    assert (own / "content/blobs/layer").stat().st_ino == (baked / "content/blobs/layer").stat().st_ino
    assert (own / "meta.db").read_bytes() == b"database"
    assert (own / "meta.db").stat().st_ino != (baked / "meta.db").stat().st_ino
    assert (own / "quorate-images.json").exists()
