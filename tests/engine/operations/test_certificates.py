"""What ends when, and renewal before that: with the real CLI, on the certificates of a plan of three nodes alone."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.engine.stand_ins.workspace import PASSPHRASE, Ended, missing
from workbench.environment import environment
from workbench.places import ROOT, VENV

PARTS = ("agent", "components", "documents", "operations", "plan", "provider", "workbench")
NODES, LEAVES = ("cp1", "cp2", "cp3"), ("apiserver", "apiserver-etcd-client")
# The project's own tree with two leaves of each node, and one host of which there is nothing but the name.
PROGRAM = f"""\
from dataclasses import replace
import pulumi
from components.certificate_tree import CertificateTree
from components.configuration import settings_mapping
from plan import make
from plan.loading.configuration import read

plan = make(read(settings_mapping()))
CertificateTree("tried", plan=replace(plan, certificates=tuple(c for c in plan.certificates if c.name in {LEAVES})))
endpoint = {{"name": plan.endpoint.name, "port": plan.endpoint.port, "address": "192.0.2.10"}}
facts = {{"cluster": plan.settings.cluster, "endpoint": endpoint, "nodes": [{{"name": "cp1"}}]}}
pulumi.ComponentResource("quorate:index:ControlPlane", "tried", facts)
connection = {{"address": "192.0.2.11", "port": 22, "user": "ops", "privateKeyPath": "keys/one"}}
host = pulumi.ComponentResource("quorate:hosts:Node", "cp1", {{"name": "cp1", "connection": connection}})
host.register_outputs({{"hostKey": "ssh-ed25519 AAAA"}})
"""
WORKER = {"name": "w1", "address": "10.88.0.21", "failureDomain": "machine-4"}
KEY, CERTIFICATE = "tls:index/privateKey:PrivateKey", "tls:index/locallySignedCert:LocallySignedCert"


class Tree:
    """A stack that has been brought up."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.variables = {
            **environment(os.environ),
            "PULUMI_BACKEND_URL": (folder / "state").as_uri(),
            "PULUMI_CONFIG_PASSPHRASE": PASSPHRASE,
        }
        self.variables.pop("PULUMI_CONFIG_PASSPHRASE_FILE", None)
        (folder / "state").mkdir()
        (folder / ".venv").symlink_to(VENV)
        for part in PARTS:
            shutil.copytree(ROOT / part, folder / part, ignore=shutil.ignore_patterns("__pycache__"))
        declared = (ROOT / "Pulumi.yaml").read_text(encoding="utf-8")
        plugins = "plugins:\n  providers:\n    - name: quorate\n      path: ./provider\n"
        assert plugins in declared
        (folder / "Pulumi.yaml").write_text(declared.replace(plugins, ""), encoding="utf-8")
        (folder / "__main__.py").write_text(PROGRAM, encoding="utf-8")
        self.run("pulumi", "stack", "init", "tried")
        self.run("pulumi", "config", "set", "preset", "local", "--stack", "tried")
        self.run("pulumi", "up", "--yes", "--skip-preview", "--stack", "tried")

    @property
    def settings(self) -> Path:
        return self.folder / "Pulumi.tried.yaml"

    def run(self, *command: str, status: int = 0) -> Ended:
        done = subprocess.run(
            command,
            cwd=self.folder,
            env=self.variables,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        ended = Ended(done.returncode, done.stdout, done.stderr)
        assert ended.status == status, ended.text
        return ended

    def certificates(self, *words: str, status: int = 0) -> Ended:
        python = str(VENV / "bin" / "python")
        return self.run(python, "-m", "operations", "certificates", "--stack", "tried", *words, status=status)

    def issued(self) -> dict[tuple[str, str], str]:
        """By type and name: the fingerprint of each key, the text of each certificate."""
        state = json.loads(self.run("pulumi", "stack", "export", "--stack", "tried").out)
        found = {}
        for resource in state["deployment"]["resources"]:
            kind, name = resource["type"], resource["urn"].rpartition("::")[2]
            if kind == KEY:
                found[kind, name] = resource["outputs"]["publicKeyPem"]
            elif "certPem" in resource.get("outputs", {}):
                found[kind, name] = resource["outputs"]["certPem"]
        return found


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Tree:
    if reason := missing():
        pytest.skip(reason)
    return Tree(tmp_path_factory.mktemp("tree"))


def test_every_certificate_is_listed_the_first_to_end_first(tree: Tree) -> None:
    _, *rows = tree.certificates("list").out.splitlines()
    names, days = [row.split()[0] for row in rows], [int(row.split()[-1]) for row in rows]
    assert set(names) == {name for kind, name in tree.issued() if kind != KEY}
    assert set(names) >= {f"{node}-{leaf}" for node in NODES for leaf in LEAVES}
    assert days == sorted(days)
    assert names[-1].startswith("authority-")


def test_what_a_renewal_would_replace_is_shown_and_nothing_is_issued(tree: Tree) -> None:
    before = tree.issued()
    said = tree.certificates("renew", "--node", "cp2", "--dry-run").out
    assert "2 certificates are reissued with new keys: cp2-apiserver, cp2-apiserver-etcd-client" in said
    assert tree.issued() == before


@pytest.mark.parametrize(
    ("words", "renewed"),
    [
        (("--node", "cp2", "--certificate", "apiserver"), {"cp2-apiserver"}),
        (("--certificate", "apiserver-etcd-client"), {f"{node}-apiserver-etcd-client" for node in NODES}),
        ((), {f"{node}-{leaf}" for node in NODES for leaf in LEAVES}),
    ],
    ids=["one", "one of each node", "all"],
)
def test_the_chosen_leaves_get_new_keys_and_certificates_and_nothing_else_does(
    tree: Tree, words: tuple[str, ...], renewed: set[str]
) -> None:
    before = tree.issued()
    tree.certificates("renew", *words, "--yes")
    after = tree.issued()
    assert after.keys() == before.keys()
    changed = {key for key in after if after[key] != before[key]}
    assert changed == {(kind, name) for name in renewed for kind in (KEY, CERTIFICATE)}


@pytest.mark.parametrize(
    "words", [("--node", "cp9"), ("--certificate", "client"), ("--node", "cp1", "--certificate", "etcd-client")]
)
def test_a_certificate_that_is_not_there_is_refused_and_nothing_is_issued(tree: Tree, words: tuple[str, ...]) -> None:
    before = tree.issued()
    said = tree.certificates("renew", *words, "--yes", status=1)
    assert "certificates list" in said.text
    assert tree.issued() == before


def test_the_authority_of_a_cluster_with_workers_is_not_rotated_and_the_settings_stay(tree: Tree) -> None:
    kept = tree.settings.read_text()
    try:
        for field, value in WORKER.items():
            tree.run("pulumi", "config", "set", "--path", f"quorate:workers[0].{field}", value, "--stack", "tried")
        before, issued = tree.settings.read_text(), tree.issued()
        said = tree.certificates("rotate", "cluster", "--yes", status=1)
        assert "cannot be rotated while there are workers" in said.text
        assert (tree.settings.read_text(), tree.issued()) == (before, issued)
    finally:
        tree.settings.write_text(kept)
