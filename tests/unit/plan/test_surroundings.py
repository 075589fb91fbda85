import json
import os
from pathlib import Path

import pytest

from plan import Refused, Settings
from plan.loading.configuration import read
from plan.loading.local_files import look
from tests.unit.plan.site import settings

# The first line is put together here, so that no file of the repository looks like a key.
KEY = "-----BEGIN OPENSSH " + "PRIVATE KEY-----\nAAAA\n"
ENTRY = {"path": "bin/kubelet", "sha256": "0" * 64, "kind": "binary"}
STORE = {"artifacts": {"source": "store", "store": "file:///opt/store", "manifest": "manifest.json"}}


def with_key(folder: Path, text: str = KEY, mode: int = 0o600) -> Path:
    key = folder / "key"
    key.write_text(text)
    key.chmod(mode)
    return folder


def said(given: Settings, folder: Path) -> dict[str, str]:
    with pytest.raises(Refused) as caught:
        look(given, folder)
    return {one.at: str(one) for one in caught.value.refusals}


def test_a_private_key_of_ones_own_is_accepted(tmp_path: Path) -> None:
    assert look(settings(), with_key(tmp_path)) == settings()


def test_a_missing_key_is_refused(tmp_path: Path) -> None:
    assert "No such file" in said(settings(), tmp_path)["ssh.privateKeyPath"]


def test_a_folder_in_place_of_the_key_is_refused(tmp_path: Path) -> None:
    (tmp_path / "key").mkdir(mode=0o700)
    assert "ssh.privateKeyPath" in said(settings(), tmp_path)


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads every file")
def test_a_key_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    assert "Permission denied" in said(settings(), with_key(tmp_path, mode=0))["ssh.privateKeyPath"]


def test_a_public_key_in_place_of_the_private_one_is_recognised(tmp_path: Path) -> None:
    report = said(settings(), with_key(tmp_path, text="ssh-ed25519 AAAA me"))
    assert "leave out `.pub`" in report["ssh.privateKeyPath"]


@pytest.mark.parametrize("text", ["", "hello", "-----BEGIN CERTIFICATE-----\n"])
def test_a_file_that_is_no_key_is_refused_without_showing_it(tmp_path: Path, text: str) -> None:
    report = said(settings(), with_key(tmp_path, text=text))["ssh.privateKeyPath"]
    assert "something else" in report
    assert "hello" not in report


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644, 0o660])
def test_a_key_that_others_may_read_is_refused(tmp_path: Path, mode: int) -> None:
    report = said(settings(), with_key(tmp_path, mode=mode))["ssh.privateKeyPath"]
    assert f"mode {mode:04o}" in report
    assert "chmod 600" in report


def test_the_digests_of_the_manifest_enter_the_settings(tmp_path: Path) -> None:
    (with_key(tmp_path) / "manifest.json").write_text(json.dumps({"files": [ENTRY]}))
    (digest,) = look(settings(STORE), tmp_path).artifacts.digests
    assert (digest.path, digest.sha256, digest.kind) == ("bin/kubelet", "0" * 64, "binary")


@pytest.mark.parametrize(
    "content",
    [
        "not json",
        "[]",
        json.dumps({"files": []}),
        json.dumps({"files": [{**ENTRY, "sha256": "short"}]}),
        json.dumps({"files": [{**ENTRY, "kind": "other"}]}),
        json.dumps({"files": [{**ENTRY, "path": "/etc/passwd"}]}),
        json.dumps({"files": [{**ENTRY, "path": "bin/../../etc/passwd"}]}),
    ],
)
def test_a_manifest_that_would_leave_something_unverified_is_refused(tmp_path: Path, content: str) -> None:
    (with_key(tmp_path) / "manifest.json").write_text(content)
    assert list(said(settings(STORE), tmp_path)) == ["artifacts.manifest"]


def test_on_this_computer_everything_missing_is_made_by_one_command(tmp_path: Path) -> None:
    report = said(read({"preset": "local"}), tmp_path)
    assert list(report) == ["ssh.privateKeyPath", "artifacts.manifest"]
    assert all("fix: run `make setup`" in text for text in report.values())


def test_a_path_below_the_home_is_found_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(with_key(tmp_path)))
    assert look(settings({"ssh.privateKeyPath": "~/key"}), Path("/nowhere"))
