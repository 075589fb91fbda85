"""Settings that operations change, in a stack's file, with the real CLI."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from operations.environment import OperationFailed
from operations.stack_file import StackFile
from tests.engine.stand_ins.workspace import PASSPHRASE, missing
from workbench.environment import environment
from workbench.places import ROOT

GIVEN = """\
config:
  quorate:preset: local
  # what our auditors asked for
  quorate:controlPlane:
    audit:
      level: Request
"""
PATH = "controlPlane.encryptionKeys"


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> StackFile:
    """The file of a stack that exists nowhere else."""
    if reason := missing():
        pytest.skip(reason)
    (tmp_path / "state").mkdir()
    shutil.copy(ROOT / "Pulumi.yaml", tmp_path)
    backend = {"PULUMI_BACKEND_URL": (tmp_path / "state").as_uri(), "PULUMI_CONFIG_PASSPHRASE": PASSPHRASE}
    for name, value in {**environment(os.environ), **backend}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("PULUMI_CONFIG_PASSPHRASE_FILE", raising=False)
    command = ["pulumi", "-C", str(tmp_path), "stack", "init", "tried", "--no-select", "--non-interactive"]
    subprocess.run(command, check=True, capture_output=True)
    settings = tmp_path / "Pulumi.tried.yaml"
    settings.write_text(settings.read_text() + GIVEN)
    return StackFile("tried", settings)


def test_a_list_grows_turns_round_and_shrinks_and_what_else_is_there_stays(file: StackFile) -> None:
    assert file.settings().control_plane.encryption_keys == (1,), "what the file does not say is the default"
    for generations in ((1, 2), (2, 1), (2,)):
        file.write_list(PATH, generations)
        assert file.settings().control_plane.encryption_keys == generations
    kept = yaml.safe_load(file.file.read_text())["config"]["quorate:controlPlane"]
    assert kept == {"audit": {"level": "Request"}, "encryptionKeys": [2]}
    assert "# what our auditors asked for" in file.file.read_text()


def test_a_draft_leaves_the_file_as_it_is(file: StackFile) -> None:
    before = file.file.read_text()
    with file.draft() as draft:
        draft.write_list(PATH, (1, 2))
        assert draft.settings().control_plane.encryption_keys == (1, 2)
    assert file.file.read_text() == before


def test_settings_that_are_refused_are_refused_in_words(file: StackFile) -> None:
    file.write({f"{PATH}[0]": "1", f"{PATH}[1]": "1"})
    with pytest.raises(OperationFailed, match=r"controlPlane\.encryptionKeys"):
        file.settings()
