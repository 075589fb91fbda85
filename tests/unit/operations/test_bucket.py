"""Snapshots in the bucket of an environment on AWS, by the name that `restore` takes."""

import io
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from operations import restore, snapshots
from operations.aws import backups
from operations.aws.session import Account
from operations.environment import Environment, OperationFailed
from tests.unit.operations.aws_state import environment, resources
from tests.unit.operations.test_snapshots import ABOUT, CONTENT

BUCKET, KEY = "dev-123456789012-eu-west-1-etcd", "snapshots/cp2/20261126T191621Z"
NAME = f"s3://{BUCKET}/{KEY}.db"


class S3:
    """As far as botocore's client is used."""

    def __init__(self, objects: Mapping[str, bytes]) -> None:
        self._objects = objects

    def get_object(self, *, Bucket: str, Key: str) -> Mapping[str, io.BytesIO]:  # noqa: N803 -- botocore's names
        if Bucket != BUCKET or Key not in self._objects:
            raise ClientError({"Error": {"Code": "NoSuchKey", "Message": "it does not exist"}}, "GetObject")
        return {"Body": io.BytesIO(self._objects[Key])}

    def get_paginator(self, _: str) -> "S3":
        return self

    def paginate(self, **_: str) -> Iterator[Mapping[str, object]]:
        yield {"Contents": [{"Key": key} for key in self._objects]}
        yield {}  # a page without objects has no list


@pytest.fixture
def dev() -> Environment:
    found = environment(resources({"cp1": "10.20.0.10"}, keys={}))
    return replace(found, cluster="berlin", backups=BUCKET)


def filled(monkeypatch: pytest.MonkeyPatch, content: bytes = CONTENT) -> None:
    objects = {f"{KEY}.db": content, f"{KEY}.json": ABOUT.text().encode()}
    monkeypatch.setattr(Account, "client", lambda *_: S3(objects))


def test_what_is_listed_is_what_restore_takes(
    dev: Environment, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    filled(monkeypatch)
    monkeypatch.setattr(snapshots, "folder", lambda stack: tmp_path / stack)
    ((name, about),) = backups.listed(dev)
    assert (name, about) == (NAME, ABOUT)
    found = restore.chosen(dev, name, "dev")
    assert found.about == ABOUT
    assert found.path.read_bytes() == CONTENT
    assert found.path.parent == tmp_path / "dev"


def test_a_damaged_snapshot_is_not_kept(dev: Environment, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    filled(monkeypatch, content=CONTENT[:-1])
    with pytest.raises(OperationFailed, match="truncated"):
        backups.fetch(dev, NAME, to=tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("name", "said"),
    [
        (f"s3://{BUCKET}", "is not a snapshot; `backups` lists them"),
        (f"s3://{BUCKET}/{KEY}.json", "is not a snapshot; `backups` lists them"),
        (f"s3://{BUCKET}/snapshots/cp2/other.db", "cannot be read: .*NoSuchKey"),
    ],
)
def test_a_name_without_a_snapshot_behind_it_is_named(
    dev: Environment, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str, said: str
) -> None:
    filled(monkeypatch)
    with pytest.raises(OperationFailed, match=said):
        backups.fetch(dev, name, to=tmp_path)
