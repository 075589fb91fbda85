"""A chart on disk has the digest in the settings, or nothing is created."""

import hashlib
import io
import tarfile
from pathlib import Path

import pytest

from plan import Refusal
from plan.loading import chart_archive
from tests.unit.plan.site import settings


def packed(path: Path, version: str) -> str:
    """A chart of that version at the path; returns its digest."""
    text = f"apiVersion: v2\nname: cilium\nversion: {version}\n".encode()
    with tarfile.open(path, "w:gz") as archive:
        member = tarfile.TarInfo("cilium/Chart.yaml")
        member.size = len(text)
        archive.addfile(member, io.BytesIO(text))
    return f"sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}"


def said(folder: Path, *, digest: str, version: str = "1.18.4", name: str = "cilium.tgz") -> list[Refusal]:
    chart = {"path": name, "version": version, "digest": digest}
    network = {"podNetwork": {"kind": "cilium", "chart": chart}}
    return list(chart_archive.problems(settings({"addons": network}), folder))


@pytest.fixture
def digest(tmp_path: Path) -> str:
    return packed(tmp_path / "cilium.tgz", "1.18.4")


def test_the_chart_that_was_reviewed_is_accepted(tmp_path: Path, digest: str) -> None:
    assert said(tmp_path, digest=digest) == []


def test_another_file_under_the_same_name_is_refused_with_both_digests(tmp_path: Path, digest: str) -> None:
    now = packed(tmp_path / "cilium.tgz", "1.18.5")
    (refused,) = said(tmp_path, digest=digest)
    assert refused.at == "addons.podNetwork.chart.digest"
    assert (refused.found, refused.what) == (digest, f"the digest of cilium.tgz, {now}")


def test_a_version_that_is_not_the_charts_own_is_refused(tmp_path: Path, digest: str) -> None:
    (refused,) = said(tmp_path, digest=digest, version="1.18.3")
    assert (refused.at, refused.what) == ("addons.podNetwork.chart.version", "the chart's own version, 1.18.4")


def test_a_missing_chart_is_refused(tmp_path: Path, digest: str) -> None:
    (refused,) = said(tmp_path, digest=digest, name="elsewhere.tgz")
    assert refused.at == "addons.podNetwork.chart.path"


def test_a_file_that_is_no_chart_is_refused(tmp_path: Path) -> None:
    (tmp_path / "cilium.tgz").write_text("no archive")
    (refused,) = said(tmp_path, digest=f"sha256:{hashlib.sha256(b'no archive').hexdigest()}")
    assert "no readable Chart.yaml" in str(refused.found)


def test_a_chart_that_is_cut_off_is_refused_even_with_its_own_digest(tmp_path: Path) -> None:
    packed(tmp_path / "cilium.tgz", "1.18.4")
    whole = (tmp_path / "cilium.tgz").read_bytes()
    (tmp_path / "cilium.tgz").write_bytes(whole[: len(whole) // 2])
    (refused,) = said(tmp_path, digest=f"sha256:{hashlib.sha256(whole[: len(whole) // 2]).hexdigest()}")
    assert refused.at == "addons.podNetwork.chart.version"


def test_a_chart_whose_description_is_a_link_is_refused(tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "cilium.tgz", "w:gz") as archive:
        link = tarfile.TarInfo("cilium/Chart.yaml")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(link)
    (refused,) = said(tmp_path, digest=f"sha256:{hashlib.sha256((tmp_path / 'cilium.tgz').read_bytes()).hexdigest()}")
    assert "no readable Chart.yaml" in str(refused.found)
