"""A Pulumi project of this test alone: the real CLI, engine and provider process; only the agent is a stand-in."""

import json
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from tests.unit.provider.sshd import Sshd
from workbench.environment import environment

ROOT = Path(__file__).resolve().parents[3]
SECONDS = 120
PROGRAM = """\
import json
import pathlib

import pulumi

from components.hosts.resources import Cluster, Node

made = {}
for name, given in json.loads(pathlib.Path("nodes.json").read_text()).items():
    after = given.pop("hostKeyOf", None)
    if after:
        given["connection"]["hostKey"] = made[after].host_key
    made[name] = Node(name, name=given.pop("as", name), **given)
    pulumi.export(f"{name}-member", made[name].member)
    pulumi.export(f"{name}-host-key", made[name].host_key)
"""
PROJECT = """\
name: quorate
runtime: {name: python, options: {toolchain: pip, virtualenv: .venv}}
plugins: {providers: [{name: quorate, path: ./provider}]}
"""


def missing() -> str:
    """Why there is no CLI to test with; empty when there is one."""
    path = environment(os.environ)["PATH"]
    absent = [name for name in ("pulumi", "pulumi-language-python") if shutil.which(name, path=path) is None]
    return f"needs {' and '.join(absent)}; `make setup` makes them" if absent else ""


@dataclass(frozen=True)
class Ran:
    """How a command of the CLI ended."""

    status: int
    text: str


class Project:
    """`nodes` is what the program makes, by resource name."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for name in ("provider", "components/hosts"):
            shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copy(ROOT / "components/__init__.py", folder / "components/__init__.py")
        shutil.copytree(ROOT / "tests/unit/provider/agent", folder / "agent")
        (folder / "agent/system").mkdir()
        shutil.copy(ROOT / "agent/system/archive.py", folder / "agent/system")
        (folder / ".venv").symlink_to(ROOT / ".venv")
        (folder / "Pulumi.yaml").write_text(PROJECT)
        (folder / "__main__.py").write_text(PROGRAM)
        (folder / "state").mkdir()
        self.environment = environment(
            {
                **os.environ,
                "PULUMI_BACKEND_URL": (folder / "state").as_uri(),
                "PULUMI_CONFIG_PASSPHRASE": "test",
            }
        ) | {"PULUMI_HOME": str(folder / "home")}
        self.nodes: dict[str, dict[str, object]] = {}
        assert self.pulumi("stack", "init", "test").status == 0

    def node(self, sshd: Sshd, **changed: object) -> dict[str, object]:
        return {
            "connection": sshd.connection,
            "manifest": '{"cluster": "test"}',
            "files": {"/etc/hosts.quorate": {"content": "one\n", "mode": 0o644, "step": "system"}},
            "secrets": {},
            **changed,
        }

    def pulumi(self, *words: str) -> Ran:
        process = self.start(*words)
        text, _ = process.communicate(timeout=SECONDS)
        return Ran(process.returncode, text)

    def start(self, *words: str) -> subprocess.Popen[str]:
        (self.folder / "nodes.json").write_text(json.dumps(self.nodes))
        command = ["pulumi", "--non-interactive", "--color", "never", *words]
        return subprocess.Popen(
            command,
            cwd=self.folder,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def up(self, *words: str) -> Ran:
        return self.pulumi("up", "--yes", "--skip-preview", "--stack", "test", *words)

    def preview(self, *words: str) -> Ran:
        return self.pulumi("preview", "--stack", "test", *words)

    def state(self, name: str) -> dict[str, object]:
        """The outputs of a node in the state, secrets encrypted."""
        exported = json.loads(self.pulumi("stack", "export", "--stack", "test").text)
        found: dict[str, object] = next(
            r["outputs"] for r in exported["deployment"]["resources"] if r["urn"].endswith(f"::{name}")
        )
        return found
