import hashlib
import io
import json
import os
import subprocess
import tarfile
from pathlib import Path

import pytest

from provider.local.machines import archive
from provider.local.machines.archive import Image
from provider.local.machines.loading import closure
from provider.local.machines.unable import Unable
from tests.unit.provider.machines.programs import elf, place

REFERENCE = "registry.example/thing:v1"


def written(program: Path, *, inside: str = "/usr/local/bin/thing", entrypoint: bool = False) -> bytes:
    into = io.BytesIO()
    archive.write(Image(reference=REFERENCE, program=program, inside=inside, entrypoint=entrypoint), into)
    return into.getvalue()


def blobs(data: bytes) -> dict[str, bytes]:
    with tarfile.open(fileobj=io.BytesIO(data)) as outer:
        return {entry.name: outer.extractfile(entry).read() for entry in outer if entry.isfile()}  # type: ignore[union-attr]  # a file


@pytest.fixture
def program(tmp_path: Path) -> Path:
    path = tmp_path / "thing"
    place(path, elf(body=os.urandom(3_000_000)))
    return path


def test_the_same_program_gives_the_same_bytes_whenever_and_wherever_it_was_built(
    program: Path, tmp_path: Path
) -> None:
    before = written(program)
    elsewhere = tmp_path / "elsewhere"
    place(elsewhere, program.read_bytes())
    os.utime(elsewhere, (1, 1))
    assert written(elsewhere) == before


def test_every_blob_is_named_by_its_own_digest(program: Path) -> None:
    parts = blobs(written(program))
    named = {name: data for name, data in parts.items() if name.startswith("blobs/")}
    assert len(named) == 3
    for name, data in named.items():
        assert name == f"blobs/sha256/{hashlib.sha256(data).hexdigest()}"


def test_the_program_is_found_by_following_the_index(program: Path) -> None:
    parts = blobs(written(program, entrypoint=True))

    def follow(described: dict[str, str | int]) -> bytes:
        data = parts[f"blobs/{str(described['digest']).replace(':', '/')}"]
        assert len(data) == described["size"]
        return data

    (entry,) = json.loads(parts["index.json"])["manifests"]
    assert entry["annotations"]["io.containerd.image.name"] == REFERENCE
    manifest = json.loads(follow(entry))
    config = json.loads(follow(manifest["config"]))
    assert (config["architecture"], config["os"]) == ("amd64", "linux")
    assert config["config"]["Entrypoint"] == ["/usr/local/bin/thing"]
    layer = follow(manifest["layers"][0])
    assert config["rootfs"]["diff_ids"] == [f"sha256:{hashlib.sha256(layer).hexdigest()}"]
    with tarfile.open(fileobj=io.BytesIO(layer)) as inner:
        member = inner.getmember("usr/local/bin/thing")
        assert (member.mode, member.uid, member.mtime) == (0o755, 0, 0)
        assert inner.extractfile(member).read() == program.read_bytes()  # type: ignore[union-attr]  # a file
        assert inner.getmember("tmp").mode == 0o1777


def test_a_program_that_needs_a_loader_is_refused_because_its_image_would_hold_none(tmp_path: Path) -> None:
    place(tmp_path / "thing", elf(segments=(1, 3)))
    with pytest.raises(Unable, match=r"dynamically linked(.|\n)*CGO_ENABLED=0"):
        written(tmp_path / "thing")


def test_an_image_says_the_processor_of_its_program(tmp_path: Path) -> None:
    place(tmp_path / "thing", elf(machine=0xB7, segments=(1,)))
    assert any(b'"architecture":"arm64"' in data for data in blobs(written(tmp_path / "thing")).values())


@pytest.mark.parametrize("content", [b"#!/bin/sh\n", b"", elf(machine=0x03)])
def test_what_is_no_program_for_a_known_processor_is_refused(tmp_path: Path, content: bytes) -> None:
    place(tmp_path / "thing", content)
    with pytest.raises(Unable, match="statically linked"):
        written(tmp_path / "thing")


def test_what_a_program_calls_runs_inside_the_image_with_the_files_of_its_own_system(
    program: Path, tmp_path: Path
) -> None:
    if os.geteuid() != 0:
        pytest.skip("needs root: the image's files become a root file system")
    called = os.path.realpath("/usr/bin/env")
    into = io.BytesIO()
    image = Image(reference=REFERENCE, program=program, inside="/usr/bin/thing", beside=closure(Path("/"), called))
    archive.write(image, into)
    parts = blobs(into.getvalue())
    (entry,) = json.loads(parts["index.json"])["manifests"]
    manifest = json.loads(parts[f"blobs/{entry['digest'].replace(':', '/')}"])
    layer = parts[f"blobs/{manifest['layers'][0]['digest'].replace(':', '/')}"]
    with tarfile.open(fileobj=io.BytesIO(layer)) as inner:
        inner.extractall(tmp_path / "root", filter="data")
    done = subprocess.run(
        ["chroot", tmp_path / "root", called, "-i", "A=1", called], capture_output=True, text=True, check=False
    )
    assert done.stdout == "A=1\n", done.stderr
