"""The wheel in an environment and a folder of its own: new project, preview with the pack, review."""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.engine.stand_ins.workspace import missing
from workbench.environment import environment
from workbench.places import PYTHON, ROOT, VENV
from workbench.release.backend import build_wheel

SECONDS = 600
YAML_HOST = "pulumi-language-yaml"
# A member list that the plan would refuse, made behind its back.
FAULT = """
class Pair(pulumi.ComponentResource):
    def __init__(self):
        members = [
            {"name": f"m{n}", "peerUrl": f"https://192.0.2.5{n}:2380", "clientUrl": f"https://192.0.2.5{n}:2379",
             "failureDomain": f"r{n}"} for n in (1, 2)
        ]
        super().__init__("quorate:etcd:EtcdCluster", "pair", {"members": members, "version": "3.6.6"})

Pair()
"""


@dataclass(frozen=True)
class Site:
    """An empty folder, an environment with the wheel, and the variables of a user."""

    folder: Path
    variables: dict[str, str]

    def run(self, *words: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            words,
            cwd=cwd or self.folder,
            env=self.variables,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=SECONDS,
        )

    def succeeds(self, *words: str, cwd: Path | None = None) -> str:
        done = self.run(*words, cwd=cwd)
        assert done.returncode == 0, f"{' '.join(words)}\n{done.stdout}{done.stderr}"
        return done.stdout


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    if missing():
        pytest.skip(missing())
    base = tmp_path_factory.mktemp("wheel")
    wheel = base / build_wheel(str(base))
    venv = base / "venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(venv)], check=True)
    (packages,) = venv.glob("lib/python3*/site-packages")
    (pinned,) = VENV.glob("lib/python3*/site-packages")
    # The wheel's dependencies as this clone has pinned them; nothing else of the clone can be imported.
    (packages / "pinned.pth").write_text(f"{pinned}\n", encoding="utf-8")
    install = [str(PYTHON), "-m", "pip", "--python", str(venv / "bin/python"), "install", "--no-deps", "--no-index"]
    subprocess.run([*install, "--quiet", str(wheel)], check=True)
    (base / "state").mkdir()
    variables = environment(
        {**os.environ, "PULUMI_BACKEND_URL": (base / "state").as_uri(), "PULUMI_CONFIG_PASSPHRASE": "of a test"}
    )
    variables.pop("PYTHONPATH", None)
    folder = base / "empty"
    folder.mkdir()
    return Site(folder, {**variables, "PATH": f"{venv / 'bin'}:{variables['PATH']}"})


@pytest.fixture(scope="module")
def oslo(site: Site) -> Path:
    """A new project for own hosts, with a stack and a key."""
    site.succeeds("quorate", "new", "oslo", "--kind", "hosts")
    folder = site.folder / "oslo"
    (folder / ".venv").symlink_to(site.folder.parent / "venv")
    site.succeeds("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(folder / "key"))
    file = folder / "Pulumi.dev.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace("~/.ssh/id_ed25519", "key"), encoding="utf-8")
    site.succeeds("pulumi", "stack", "init", "dev", cwd=folder)
    return folder


def test_a_new_project_is_previewed_with_the_pack_and_reviewed(site: Site, oslo: Path) -> None:
    shown = site.succeeds("pulumi", "preview", "--json", "--show-sames", "--policy-pack", "policies", cwd=oslo)
    (oslo / "preview.json").write_text(shown, encoding="utf-8")
    assert shown.count('"op": "create"') > 100
    review = site.succeeds("quorate", "review", "--stack", "dev", "--preview", "preview.json", cwd=oslo)
    assert "`dev`: ✅ the quorum holds" in review
    assert "added `cp1`, `cp2`, `cp3`" in review


def test_the_pack_of_a_new_project_blocks_what_would_break_the_quorum(site: Site, oslo: Path) -> None:
    program = oslo / "__main__.py"
    text = program.read_text(encoding="utf-8")
    program.write_text(text + FAULT, encoding="utf-8")
    done = site.run("pulumi", "preview", "--policy-pack", "policies", "--non-interactive", cwd=oslo)
    program.write_text(text, encoding="utf-8")
    assert done.returncode != 0
    assert "Outputs:" in done.stdout  # the program itself ended well, so the pack has blocked it


def test_bad_settings_are_refused_before_anything_is_created(site: Site, oslo: Path) -> None:
    file = oslo / "Pulumi.dev.yaml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("192.0.2.12", "192.0.2.11"), encoding="utf-8")
    done = site.run("pulumi", "preview", "--non-interactive", cwd=oslo)
    file.write_text(text, encoding="utf-8")
    assert done.returncode != 0
    assert "settings refused" in done.stdout
    assert "Traceback" not in done.stdout


def test_every_module_of_the_wheel_can_be_imported_without_a_name_of_the_top_level(site: Site) -> None:
    code = (
        "import importlib, pkgutil, sys, quorate\n"
        "for found in pkgutil.walk_packages(quorate.__path__, 'quorate.'):\n"
        "    if '.shipped' not in found.name and not found.name.endswith('__main__'):\n"
        "        importlib.import_module(found.name)\n"
        "print([name for name in ('plan', 'components', 'agent', 'policies') if name in sys.modules])\n"
    )
    assert site.succeeds("python", "-c", code).strip() == "[]"


def test_a_program_in_yaml_is_previewed_with_the_plugin_and_the_pack(site: Site, tmp_path: Path) -> None:
    if shutil.which(YAML_HOST) is None:
        pytest.skip(f"needs {YAML_HOST}: go install github.com/pulumi/pulumi-yaml/cmd/{YAML_HOST}@v1.25.0")
    site.succeeds("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(tmp_path / "key"))
    text = (ROOT / "examples" / "hosts-yaml" / "Pulumi.yaml").read_text(encoding="utf-8")
    program = text.replace("../../quorate/plugin", str(ROOT / "quorate" / "plugin"))
    (tmp_path / "Pulumi.yaml").write_text(program, encoding="utf-8")
    site.succeeds("pulumi", "stack", "init", "yaml", cwd=tmp_path)
    site.succeeds("pulumi", "config", "set", "sshKey", str(tmp_path / "key"), cwd=tmp_path)
    pack = str(ROOT / "policies")
    shown = site.succeeds("pulumi", "preview", "--non-interactive", "--policy-pack", pack, cwd=tmp_path)
    assert "quorate:index:ControlPlane oslo create" in shown
    assert "https://api.oslo.example.com:8443" in shown
