"""Setting up: nothing private is replaced, nothing runs twice, the official programs come first."""

import os
import re
import subprocess
from pathlib import Path
from types import SimpleNamespace

import pytest

from workbench import places
from workbench.programs import build
from workbench.progress import Failure
from workbench.setup import cli, command, debian, launchers, machine, plugins, private, python, stamp
from workbench.setup.purposes import Purpose, on_aws
from workbench.stand_ins.tls.plugin import VERSION

ROOT = places.ROOT


@pytest.fixture
def clone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A clone of its own: the places of the set-up lead into a folder of this test."""
    own = tmp_path / ".quorate"
    moved = {
        "PRIVATE": own,
        "PULUMI_HOME": own / "pulumi-home",
        "STATE": own / "state",
        "PASSPHRASE": own / "passphrase",
        "SSH_KEY": own / "ssh" / "id_ed25519",
        "LAUNCHERS": own / "bin",
        "STAMP": own / "setup.json",
    }
    for module in (private, cli, stamp):
        for name, place in moved.items():
            if hasattr(module, name):
                monkeypatch.setattr(module, name, place)
    monkeypatch.setenv("QUORATE_CACHE", str(tmp_path / "cache"))
    return own


def program(file: Path, text: str) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
    file.chmod(0o755)
    return file


def test_passphrase_and_key_are_made_once_and_for_their_owner_only(clone: Path) -> None:
    private.ensure()
    made = [clone / "passphrase", clone / "ssh" / "id_ed25519"]
    before = [file.read_bytes() for file in made]
    private.ensure()
    assert [file.read_bytes() for file in made] == before
    assert [file.stat().st_mode & 0o777 for file in (*made, clone)] == [0o600, 0o600, 0o700]
    assert (clone / "ssh" / "id_ed25519.pub").exists()


def test_a_lost_passphrase_is_not_silently_replaced_while_a_state_needs_it(
    clone: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PULUMI_CONFIG_PASSPHRASE", raising=False)
    stack = clone / "state" / ".pulumi" / "stacks" / "quorate" / "local.json"
    stack.parent.mkdir(parents=True)
    stack.write_text("{}", encoding="utf-8")
    with pytest.raises(Failure, match=r"passphrase of their secrets.* is gone"):
        private.ensure()
    assert not (clone / "passphrase").exists()


def test_a_launcher_works_from_a_folder_with_spaces_and_quotes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = tmp_path / 'it\'s a "clone"'
    for package in ("workbench", "provider/protocol"):
        (root / package).mkdir(parents=True)
        (root / package / "__init__.py").touch()
    (root / "provider" / "protocol" / "lean.py").write_text("def skip_sdk(): pass\n", encoding="utf-8")
    (root / "workbench" / "told.py").write_text("import sys\ndef main(): print(sys.argv[1:])\n", encoding="utf-8")
    monkeypatch.setattr(launchers, "ROOT", root)
    target = tmp_path / "launcher"
    launchers.write(target, "workbench.told")
    done = subprocess.run([target, "a b", "c"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "['a b', 'c']", done.stderr


@pytest.mark.parametrize(
    ("version", "taken"), [("v3.259.0", True), ("v3.300.1", True), ("v3.258.9", False), ("v4.1.0", False)]
)
def test_a_cli_on_path_is_used_if_it_is_new_enough(
    version: str, *, taken: bool, clone: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed = program(tmp_path / "path" / "pulumi", f"echo {version}")
    monkeypatch.setenv("PATH", f"{clone / 'bin'}:{installed.parent}:/usr/bin:/bin")
    assert (cli.official() is not None) is taken


def test_our_own_launcher_is_not_mistaken_for_an_official_cli(clone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program(clone / "bin" / "pulumi", "echo v3.999.0")
    monkeypatch.setenv("PATH", f"{clone / 'bin'}:/usr/bin:/bin")
    assert cli.official() is None


def test_a_complete_official_cli_leaves_nothing_of_ours_on_path(
    clone: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program(clone / "bin" / "pulumi", "")
    program(clone / "bin" / "pulumi-language-python", "")
    program(tmp_path / "path" / "pulumi-language-python", "")
    installed = program(tmp_path / "path" / "pulumi", "echo v3.300.0")
    monkeypatch.setenv("PATH", f"{installed.parent}:/usr/bin:/bin")
    assert "the installed Pulumi v3.300.0" in cli.ensure(cli.official())
    assert not list((clone / "bin").iterdir())


def test_an_official_cli_without_a_language_host_gets_ours(
    clone: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed = program(tmp_path / "path" / "pulumi", "echo v3.300.0")
    monkeypatch.setenv("PATH", f"{installed.parent}:/usr/bin:/bin")
    assert "our stand-in" in cli.ensure(cli.official())
    assert [file.name for file in (clone / "bin").iterdir()] == ["pulumi-language-python"]


def test_a_plugin_without_a_version_flag_is_recognised_by_the_protocol(tmp_path: Path) -> None:
    launchers.write(tmp_path / "pulumi-resource-tls", "workbench.stand_ins.tls.plugin")
    assert plugins.reported_version(str(tmp_path / "pulumi-resource-tls")) == VERSION
    assert plugins.reported_version(str(program(tmp_path / "other", "echo v1.2.3"))) == ""


@pytest.mark.parametrize(
    ("options", "installed", "downloads"),
    [([], True, True), ([], False, False), (["--download"], False, True), (["--no-download"], True, False)],
)
def test_an_official_cli_gets_official_plugins_unless_it_is_told_otherwise(
    options: list[str], *, installed: bool, downloads: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[bool] = []
    official = cli.Cli(program=Path("/opt/pulumi"), version="v3.300.0", has_host=True) if installed else None
    monkeypatch.setattr(stamp, "complete", lambda _: False)
    monkeypatch.setattr(stamp, "record", lambda _: None)
    monkeypatch.setattr(cli, "official", lambda: official)
    for module, name in (
        (debian, "ensure"),
        (python, "ensure"),
        (cli, "ensure"),
        (build, "build"),
        (private, "ensure"),
    ):
        monkeypatch.setattr(module, name, lambda *_: "")
    monkeypatch.setattr(machine, "ensure_store", lambda: None)
    monkeypatch.setattr(machine, "ensure_image", lambda: None)

    def ensure(*_: str, download: bool) -> str:
        asked.append(download)
        return ""

    monkeypatch.setattr(plugins, "ensure", ensure)
    monkeypatch.setattr(plugins, "ensure_aws", ensure)
    assert command.main(["--for", "test", *options]) == 0
    assert asked == [downloads] * 3


def test_lint_needs_no_package_of_the_distribution() -> None:
    assert set(debian.wanted([Purpose.LINT])) <= {"python3-venv"}
    assert {"debootstrap", "systemd-container"} <= set(debian.wanted([Purpose.UP]))
    assert {"haproxy", "keepalived", "debootstrap"} <= set(debian.wanted([Purpose.TEST]))


def test_a_package_that_would_drive_another_out_is_not_installed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program(tmp_path / "dpkg-query", 'printf "ii systemd-timesyncd\\nii haproxy\\nrc nginx\\n"; exit 1')
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    assert debian.missing(["chrony", "haproxy", "nginx"]) == ["nginx"]


@pytest.mark.usefixtures("clone")
def test_a_set_up_is_complete_only_for_the_same_sources_and_while_its_results_are_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    result = tmp_path / "result"
    result.touch()
    monkeypatch.setattr(stamp, "RESULTS", {Purpose.LINT: (result,)})
    assert not stamp.complete(Purpose.LINT)
    stamp.record(Purpose.LINT)
    assert stamp.complete(Purpose.LINT)
    result.unlink()
    assert not stamp.complete(Purpose.LINT)
    result.touch()
    monkeypatch.setattr(stamp, "SOURCES", ("requirements.in",))
    assert not stamp.complete(Purpose.LINT)


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt", "workbench/setup/uv.txt"])
def test_every_python_package_is_pinned_by_hash_and_no_host_is_named(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    packages = re.findall(
        r"^\S.*?(?=^\S|\Z)", re.sub(r"^#.*\n", "", text, flags=re.MULTILINE), re.MULTILINE | re.DOTALL
    )
    assert packages
    assert all("==" in package and "--hash=sha256:" in package for package in packages)
    assert "://" not in text
    assert "index-url" not in text


def test_the_set_up_runs_with_the_standard_library_alone() -> None:
    code = "import sys; sys.path.insert(0, '.'); import workbench.setup.command, workbench.programs.__main__"
    interpreter = Path(os.path.realpath(places.PYTHON))
    done = subprocess.run([interpreter, "-I", "-S", "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("text", "real"),
    [
        ("config:\n  quorate:kind: aws\n", True),
        ('config:\n  quorate:kind: "aws"\n', True),
        ("config:\n  quorate:kind: hosts\n  quorate:aws: {}\n", False),
        ("# quorate:kind: aws\n", False),
    ],
)
def test_a_stack_in_an_account_needs_neither_root_nor_anything_built(tmp_path: Path, text: str, *, real: bool) -> None:
    (tmp_path / "Pulumi.dev.yaml").write_text(text)
    assert on_aws("dev", tmp_path) is real
    assert not on_aws("unknown", tmp_path)


def test_for_aws_only_official_things_are_installed(clone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def official(name: str) -> str:
        asked.append(name)
        return name

    monkeypatch.setattr(command, "stamp", SimpleNamespace(complete=lambda _: False, record=lambda _: None))
    monkeypatch.setattr("workbench.setup.command.debian.ensure", lambda _: None)
    monkeypatch.setattr("workbench.setup.command.python.ensure", lambda: None)
    monkeypatch.setattr(
        "workbench.setup.command.cli.official", lambda: cli.Cli(program=clone, version="3.272.0", has_host=True)
    )
    monkeypatch.setattr("workbench.setup.command.plugins.ensure_official", official)
    monkeypatch.setattr("workbench.setup.command.build.build", lambda _: pytest.fail("nothing is built"))
    monkeypatch.setattr("workbench.setup.command.os.geteuid", lambda: 1000)
    assert command.main(["--for", "aws"]) == 0
    assert asked == ["tls", "kubernetes", "aws"]
    assert (clone / "ssh" / "id_ed25519.pub").exists()
    monkeypatch.setattr("workbench.setup.command.cli.official", lambda: None)
    monkeypatch.setattr(command, "LAUNCHERS", clone / "absent")
    assert command.main(["--for", "aws"]) == 1
