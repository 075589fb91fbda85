"""Files that settings name: each problem is found before anything is created, and none blocks the others."""

import json
import os
from pathlib import Path

import pytest

from plan import Refused
from plan.loading.configuration import load
from tests.unit.plan.site import Given, site
from tests.unit.plan.test_hosts import KEY as PUBLIC

# The first line is put together here, so that no file of the repository looks like a key.
KEY = "-----BEGIN OPENSSH " + "PRIVATE KEY-----\nAAAA\n"
ENTRY = {"path": "bin/kubelet", "sha256": "0" * 64, "kind": "binary"}
STORE = {"artifacts": {"source": "store", "store": "file:///opt/store", "manifest": "manifest.json"}}


def with_key(folder: Path, text: str = KEY, mode: int = 0o600) -> Path:
    key = folder / "key"
    key.write_text(text)
    key.chmod(mode)
    return folder


def said(folder: Path, changes: Given | None = None) -> dict[str, str]:
    with pytest.raises(Refused) as caught:
        load(site(changes), folder)
    return {one.at: str(one) for one in caught.value.refusals}


def test_a_private_key_with_mode_600_is_accepted(tmp_path: Path) -> None:
    assert load(site(), with_key(tmp_path)).ssh.private_key_path == "key"


def test_a_wrong_key_path_is_named_as_it_was_written_with_the_reason(tmp_path: Path) -> None:
    report = said(tmp_path, {"ssh.privateKeyPath": "keys/nroth"})["ssh.privateKeyPath"]
    assert "'keys/nroth', which is unreadable (No such file or directory)" in report
    assert "ssh-keygen" in report


def test_a_folder_in_place_of_the_key_is_refused_without_advice_about_modes(tmp_path: Path) -> None:
    (tmp_path / "key").mkdir(mode=0o755)
    report = said(tmp_path)["ssh.privateKeyPath"]
    assert "a folder" in report
    assert "chmod" not in report


def test_a_pipe_is_refused_without_waiting_for_a_writer(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "key", 0o600)
    os.mkfifo(tmp_path / "manifest.json")
    report = said(tmp_path, STORE)
    assert set(report) == {"ssh.privateKeyPath", "artifacts.manifest"}
    assert all("no regular file" in text for text in report.values())


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads every file")
def test_a_key_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    assert "Permission denied" in said(with_key(tmp_path, mode=0))["ssh.privateKeyPath"]


def test_a_public_key_in_place_of_the_private_one_is_recognized(tmp_path: Path) -> None:
    (tmp_path / "key.pub").write_text("ssh-ed25519 AAAA me")
    report = said(tmp_path, {"ssh.privateKeyPath": "key.pub"})
    assert "leave out `.pub`" in report["ssh.privateKeyPath"]


@pytest.mark.parametrize("text", ["", "hello", "-----BEGIN CERTIFICATE-----\n"])
def test_a_file_that_is_no_key_is_refused_without_showing_its_content(tmp_path: Path, text: str) -> None:
    report = said(with_key(tmp_path, text=text, mode=0o644))["ssh.privateKeyPath"]
    assert "something else" in report
    assert "hello" not in report
    assert "chmod" not in report


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644, 0o660])
def test_a_key_that_others_can_read_is_refused(tmp_path: Path, mode: int) -> None:
    report = said(with_key(tmp_path, mode=mode))["ssh.privateKeyPath"]
    assert f"mode {mode:04o}" in report
    assert "chmod 600" in report


@pytest.mark.parametrize("path", ["~nobody-of-this-name/key", "a\0b", "x" * 5000, "k" * 300])
def test_paths_that_cannot_exist_are_refused(tmp_path: Path, path: str) -> None:
    assert "ssh.privateKeyPath" in said(tmp_path, {"ssh.privateKeyPath": path})


def test_a_home_that_does_not_exist_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HOME", raising=False)
    monkeypatch.setattr("pwd.getpwuid", _no_user)
    assert "home" in said(tmp_path, {"ssh.privateKeyPath": "~/key"})["ssh.privateKeyPath"]


def _no_user(uid: int) -> object:
    raise KeyError(uid)


def test_files_are_checked_although_settings_have_problems(tmp_path: Path) -> None:
    report = said(tmp_path, {**STORE, "network.pods": ["127.0.0.0/16"], "etcd.quotaBytes": 4, "cluster": True})
    assert {"network.pods[0]", "etcd.quotaBytes", "cluster", "ssh.privateKeyPath", "artifacts.manifest"} == set(report)


def test_the_digests_of_the_manifest_enter_the_settings(tmp_path: Path) -> None:
    (with_key(tmp_path) / "manifest.json").write_text(json.dumps({"files": [ENTRY]}))
    (digest,) = load(site(STORE), tmp_path).artifacts.digests
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
        "[" * 100_000,
    ],
)
def test_a_manifest_that_would_leave_something_unverified_is_refused_in_words(tmp_path: Path, content: str) -> None:
    (with_key(tmp_path) / "manifest.json").write_text(content)
    (report,) = said(tmp_path, STORE).items()
    assert report[0] == "artifacts.manifest"
    assert "^" not in report[1]


def test_on_this_computer_everything_missing_is_made_by_one_command(tmp_path: Path) -> None:
    with pytest.raises(Refused) as caught:
        load({"preset": "local"}, tmp_path)
    report = caught.value.refusals
    assert [one.at for one in report] == ["ssh.privateKeyPath", "artifacts.manifest"]
    assert all("run `make setup`" in one.fix for one in report)


def test_machines_on_this_computer_need_the_public_half_beside_the_key(tmp_path: Path) -> None:
    with_key(tmp_path)
    here = {"localMachines": {"fleet": "here"}}
    assert "key.pub" in said(tmp_path, here)["ssh.privateKeyPath"]
    (tmp_path / "key.pub").write_text(PUBLIC)
    assert load(site(here), tmp_path)


def test_a_path_below_the_home_is_found_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(with_key(tmp_path)))
    assert load(site({"ssh.privateKeyPath": "~/key"}), Path("/nowhere"))
