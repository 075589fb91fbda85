"""The command line of operations."""

import io
import sys

import pytest

from operations.__main__ import commands
from operations.command import parser
from operations.consent import consent
from operations.environment import OperationFailed

AT_STAKE = ("restore", "replace", "down")


@pytest.mark.parametrize("name", [command.name for command in commands()])
def test_every_command_explains_itself(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        parser(commands()).parse_args([name, "--help"])
    assert ended.value.code == 0
    assert "--stack" in capsys.readouterr().out


@pytest.mark.parametrize("name", AT_STAKE)
def test_where_data_is_at_stake_a_script_must_say_so(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        parser(commands()).parse_args([name, "--help"])
    assert "--yes" in capsys.readouterr().out


def test_nothing_happens_without_a_terminal_and_without_the_word(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("berlin\n"))
    with pytest.raises(OperationFailed, match="--yes"):
        consent("This destroys it.", word="berlin", yes=False)


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize("typed", ["", "yes", "Berlin"])
def test_another_word_changes_nothing(typed: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", Terminal(f"{typed}\n"))
    with pytest.raises(OperationFailed, match="nothing was changed"):
        consent("This destroys it.", word="berlin", yes=False)


def test_the_right_word_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", Terminal("berlin\n"))
    consent("This destroys it.", word="berlin", yes=False)
