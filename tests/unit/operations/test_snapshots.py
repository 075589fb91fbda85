"""A snapshot on this computer is used only if it matches its description."""

import hashlib
import json
from pathlib import Path
from typing import IO

import pytest

from agent.model.json_reading import Json
from agent.snapshots.description import Description, Keys
from operations import snapshots
from operations.agent import Answer
from operations.environment import OperationFailed

CONTENT = b"pages of a database" * 100
ABOUT = Description(
    cluster="berlin",
    node="cp2",
    at="2026-11-26T19:16:21+00:00",
    cluster_id="8868a53ff7bd9dca",
    revision=757,
    entries=331,
    size=len(CONTENT),
    sha256=hashlib.sha256(CONTENT).hexdigest(),
    etcd="3.6.10",
    storage="3.6.0",
    kubernetes="1.36.3",
    keys=Keys(authorities=("aa",), encryption=("key-0a1b2c3d",)),
)


def sent(about: Description = ABOUT) -> Answer:
    return Answer(text="", values=Json({"about": about.text()}, "answer"))


def received(folder: Path, content: bytes = CONTENT) -> snapshots.Snapshot:
    def fetch(file: IO[bytes]) -> Answer:
        file.write(content)
        return sent()

    return snapshots.receive(folder, fetch)


def test_what_a_node_sends_is_kept_by_time_and_node_for_the_owner_only(tmp_path: Path) -> None:
    made = received(tmp_path / "vault")
    assert made.path.name == "20261126T191621Z-cp2.db"
    assert made.path.stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "vault").stat().st_mode & 0o777 == 0o700
    assert snapshots.load(made.path).about == ABOUT
    assert [one.path for one in snapshots.kept(tmp_path / "vault")] == [made.path]


def test_a_transfer_that_was_cut_leaves_nothing_that_looks_like_a_snapshot(tmp_path: Path) -> None:
    with pytest.raises(OperationFailed, match="truncated"):
        received(tmp_path, CONTENT[:-1])
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("content", "reason"), [(CONTENT[:-1], "truncated"), (CONTENT[:-1] + b"x", "corrupt"), (b"", "truncated")]
)
def test_a_spoilt_file_is_refused(tmp_path: Path, content: bytes, reason: str) -> None:
    made = received(tmp_path)
    made.path.write_bytes(content)
    with pytest.raises(OperationFailed, match=reason):
        snapshots.load(made.path)


def test_a_snapshot_without_its_description_is_refused_because_nothing_says_whose_it_is(tmp_path: Path) -> None:
    made = received(tmp_path)
    made.path.with_suffix(".json").unlink()
    with pytest.raises(OperationFailed, match="requires the description"):
        snapshots.load(made.path)


def test_a_description_of_another_shape_is_refused_by_its_field(tmp_path: Path) -> None:
    made = received(tmp_path)
    about = json.loads(ABOUT.text())
    del about["revision"]
    made.path.with_suffix(".json").write_text(json.dumps(about))
    with pytest.raises(OperationFailed, match="revision must be an integer"):
        snapshots.load(made.path)
