"""The environment of the project's commands: private by default, the user's own where there is one."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from workbench.environment import environment, other_login, path
from workbench.places import LAUNCHERS, PASSPHRASE, PULUMI_HOME, ROOT, STATE


def test_state_home_and_passphrase_are_those_of_this_clone() -> None:
    found = environment({"PATH": "/bin"})
    assert found["PULUMI_BACKEND_URL"] == STATE.as_uri()
    assert found["PULUMI_HOME"] == str(PULUMI_HOME)
    assert found["PULUMI_CONFIG_PASSPHRASE_FILE"] == str(PASSPHRASE)


@pytest.mark.parametrize("name", ["PULUMI_BACKEND_URL", "PULUMI_CONFIG_PASSPHRASE_FILE"])
def test_what_the_user_has_set_wins(name: str) -> None:
    assert environment({"PATH": "/bin", name: "mine"})[name] == "mine"


def test_set_up_and_commands_use_the_same_home_even_if_the_caller_has_another() -> None:
    assert environment({"PATH": "/bin", "PULUMI_HOME": "/elsewhere"})["PULUMI_HOME"] == str(PULUMI_HOME)


def test_a_login_to_another_backend_is_pointed_out_without_its_credentials(tmp_path: Path) -> None:
    (tmp_path / "credentials.json").write_text('{"current": "s3://me:hidden-word@bucket/prefix"}', encoding="utf-8")
    note = other_login({"PULUMI_HOME": str(tmp_path)})
    assert "s3://bucket/prefix" in note
    assert "PULUMI_BACKEND_URL" in note
    assert "hidden-word" not in note
    assert other_login({"PULUMI_HOME": str(tmp_path), "PULUMI_BACKEND_URL": "s3://bucket"}) == ""


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"current": ""}', f'{{"current": "{STATE.as_uri()}"}}'])
def test_without_another_login_nothing_is_said(tmp_path: Path, text: str) -> None:
    (tmp_path / "credentials.json").write_text(text, encoding="utf-8")
    assert other_login({}, tmp_path) == ""
    assert other_login({}, tmp_path / "absent") == ""


def test_a_passphrase_of_the_user_is_not_joined_by_a_second_one() -> None:
    found = environment({"PULUMI_CONFIG_PASSPHRASE": ""})
    assert "PULUMI_CONFIG_PASSPHRASE_FILE" not in found


def test_the_clone_comes_first_on_path_and_only_once() -> None:
    once = path("/usr/bin:/bin")
    assert once.split(os.pathsep)[0] == str(LAUNCHERS)
    assert once.endswith("/usr/bin:/bin")
    assert path(once) == once


def test_no_passphrase_is_in_the_environment_itself() -> None:
    assert not any("PASSPHRASE" in name and not name.endswith("_FILE") for name in environment({}))


def test_a_command_runs_in_that_environment_and_its_status_comes_back() -> None:
    code = "import os, sys; print(os.environ['PULUMI_BACKEND_URL']); sys.exit(7)"
    command = [sys.executable, "-m", "workbench.run", "python3", "-c", code]
    plain = {"PATH": os.environ["PATH"]}
    done = subprocess.run(command, cwd=ROOT, env=plain, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.strip()) == (7, STATE.as_uri())


def test_a_command_that_is_not_there_is_named_with_what_to_do() -> None:
    command = [sys.executable, "-m", "workbench.run", "no-such-command"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 127
    assert "no-such-command" in done.stderr
    assert "make setup" in done.stderr
