"""Packages for a store: from which repositories, and what is kept of a download."""

import json
from pathlib import Path

import pytest

from workbench.progress import Failure
from workbench.store import distribution
from workbench.store.distribution import BASE, Apt


def os_release(monkeypatch: pytest.MonkeyPatch, **values: str) -> None:
    monkeypatch.setattr(distribution, "platform", lambda: values)


def indextargets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *lines: str) -> None:
    """An apt that lists these repositories of the computer."""
    program = tmp_path / "bin/apt-get"
    program.parent.mkdir()
    program.write_text("#!/bin/sh\ncat <<'END'\n" + "\n".join(lines) + "\nEND\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:/usr/bin:/bin")


def sources(tmp_path: Path) -> str:
    return (tmp_path / "root/apt/etc/apt/sources.list.d/quorate.list").read_text()


def test_another_release_comes_from_the_repositories_of_this_computer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    os_release(monkeypatch, ID="debian", VERSION_CODENAME="bookworm")
    own = ("http://mirror/debian/ bookworm main Debian", "http://mirror/security/ bookworm-security main Debian")
    indextargets(tmp_path, monkeypatch, *own, "http://elsewhere/ nodistro main Node")
    Apt(tmp_path / "root", "debian-13", "arm64")
    keyring = "[signed-by=/usr/share/keyrings/debian-archive-keyring.gpg]"
    assert sources(tmp_path).splitlines() == [
        f"deb {keyring} http://mirror/debian/ trixie main",
        f"deb {keyring} http://mirror/security/ trixie-security main",
    ]


def test_a_release_of_another_distribution_needs_its_sources(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    os_release(monkeypatch, ID="debian", VERSION_CODENAME="bookworm")
    with pytest.raises(Failure, match=r"ubuntu-24.04 need --sources"):
        Apt(tmp_path / "root", "ubuntu-24.04", "amd64")
    given = tmp_path / "noble.list"
    given.write_text("deb http://mirror/ubuntu noble main universe\n")
    Apt(tmp_path / "root", "ubuntu-24.04", "amd64", given)
    assert sources(tmp_path) == given.read_text()


def test_packages_are_downloaded_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    os_release(monkeypatch, ID="debian", VERSION_CODENAME="bookworm")
    indextargets(tmp_path, monkeypatch, "http://mirror/debian/ bookworm main Debian")
    apt = Apt(tmp_path / "root", "debian-12", "amd64")
    kept = {"name": "runc", "version": "1.1.5", "file": "runc_1.1.5_amd64.deb", "needed_by": "runc"}
    (tmp_path / "root/packages.json").write_text(json.dumps({"key": ["runc", *BASE], "packages": [kept]}))
    (tmp_path / "root/files").mkdir()
    (tmp_path / "root/files" / kept["file"]).write_bytes(b"runc")
    (found,) = apt.packages(["runc"])
    assert (found.name, found.version, found.release, found.needed_by) == ("runc", "1.1.5", "debian-12", ("runc",))
