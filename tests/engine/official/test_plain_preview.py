"""A clone, the official CLI and nothing of `make`: what the README begins with."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from workbench.cloud.client_environment import emulated
from workbench.cloud.cloud import Cloud
from workbench.cloud.project import REGION, missing
from workbench.environment import environment
from workbench.places import PULUMI_HOME, PYTHON, ROOT, VENV

SCRIPTS = "github.com/pulumi/pulumi/sdk/v3@*/python/cmd/pulumi-language-python-exec"
NOT_ROOT = ("unshare", "--user", "--map-user=65534", "--")  # no privilege on this computer, with the same files


def exec_script() -> Path | None:
    """The official script from the module cache, where the build of the CLI has left it."""
    folder = Path(os.environ.get("GOMODCACHE") or Path.home() / "go/pkg/mod")
    return max(folder.glob(SCRIPTS), default=None)


@dataclass(frozen=True)
class Clone:
    """A copy of the committed files and the environment of a user who has only the CLI."""

    folder: Path
    variables: dict[str, str]

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*NOT_ROOT, *words],
            cwd=self.folder,
            env=self.variables,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=900,
        )


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clone]:
    script = exec_script()
    if missing() or script is None:
        pytest.skip(missing() or "the official exec script is not in the module cache; building the CLI fetches it")
    if subprocess.run([*NOT_ROOT, "true"], check=False, capture_output=True).returncode:
        pytest.skip("user namespaces are off, so the preview cannot be run without root here")
    base = tmp_path_factory.mktemp("clone")
    folder, programs, home = base / "quorate", base / "programs", base / "home"
    names = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    for name in filter(None, names.split("\0")):
        if not name.startswith(("docs/", "tests/")) and (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name)
    (folder / ".venv").symlink_to(VENV)
    programs.mkdir()
    cli = shutil.which("pulumi", path=environment(os.environ)["PATH"])
    (programs / "pulumi").symlink_to(str(cli))
    host = programs / "pulumi-language-python"
    host.write_text(f'#!/bin/sh\nPYTHONPATH="{ROOT}" exec "{PYTHON}" -m tests.engine.official.host "{script}" "$@"\n')
    host.chmod(0o755)
    (home / ".pulumi").mkdir(parents=True)
    (home / ".pulumi" / "plugins").symlink_to(PULUMI_HOME / "plugins")  # in the place of downloads
    cloud = Cloud(base / "cloud")
    plain = {
        "PATH": f"{programs}:/usr/bin:/bin",
        "HOME": str(home),
        "PULUMI_HOME": str(home / ".pulumi"),  # the user of the test has no home folder
        "PULUMI_CONFIG_PASSPHRASE": "of a test",
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",  # nothing can be downloaded here
    }
    yield Clone(folder, {**emulated(plain, cloud.start()), "AWS_REGION": REGION})
    cloud.stop()


def test_the_commands_of_the_readme_preview_dev_without_root_and_without_make(clone: Clone) -> None:
    commands = (ROOT / "README.md").read_text(encoding="utf-8")
    _, _, rest = commands.partition("<!-- first preview -->")
    commands, _, _ = rest.partition("<!-- end of it -->")
    lines = [line.strip() for line in commands.splitlines() if line.startswith("    ")]
    assert "pulumi preview -s dev" in lines
    (clone.folder.parent / "state").mkdir()
    assert clone.run("pulumi", "login", (clone.folder.parent / "state").as_uri()).returncode == 0
    for line in lines:
        if line.startswith(("git clone", "cd ", "pulumi install", "pulumi login")):
            continue  # the fixture's: what they do needs a network
        done = clone.run("sh", "-c", line.split("  #")[0])
        assert done.returncode == 0, f"{line}\n{done.stdout}{done.stderr}"
    assert "quorate:index:ControlPlane dev create" in done.stdout
    assert " to create" in done.stdout


def test_bad_settings_are_shown_in_full_by_the_official_script(clone: Clone) -> None:
    clone.run("pulumi", "config", "set", "quorate:members", "4", "-s", "dev")
    done = clone.run("pulumi", "preview", "-s", "dev", "--non-interactive")
    assert done.returncode != 0
    text = done.stdout + done.stderr
    assert "settings refused" in text
    assert "Traceback" not in text
