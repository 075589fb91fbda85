"""`packages` as the source: real apt on a plain Debian root, against signed repositories in the official layouts."""

import json
import os
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

import documents
from agent.system.archive import archive
from documents.packages import carried
from plan import Plan, make
from plan.loading.configuration import read
from provider.local.machines import commands, image, recipe
from tests.live.package_repositories import Signer, flat, package, suites
from workbench.places import cache, programs
from workbench.store.distribution import Apt

VERSION, MINOR, ETCD = "1.36.3", "1.36", "3.6.10"
# A namespace of its own: all mounts end with the command.
INSIDE = """
mount -t overlay overlay -o "lowerdir=$IMAGE,upperdir=$WORK/upper,workdir=$WORK/work" "$WORK/root" || exit 1
for at in proc sys; do mount -t ${at}fs $at "$WORK/root/$at" 2>/dev/null || mount -t $at $at "$WORK/root/$at"; done
mount --bind /dev "$WORK/root/dev" && mount -t tmpfs run "$WORK/root/run" && exec chroot "$WORK/root" "$@"
"""


class Quiet(SimpleHTTPRequestHandler):
    """Serves a folder without a log."""

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass


@dataclass(frozen=True, kw_only=True)
class Site:
    """The repositories' folder, their address and key; a root that stays what the last command made of it."""

    folder: Path
    url: str
    signer: Signer
    work: Path

    def run(self, *argv: str) -> subprocess.CompletedProcess[str]:
        plain = image.path(replace(recipe.MACHINES, packages=recipe.BASE))
        environment = {**os.environ, "IMAGE": str(plain), "WORK": str(self.work), "LC_ALL": "C"}
        command = ["unshare", "--mount", "sh", "-c", INSIDE, "sh", *argv]
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=300)

    def installed(self) -> dict[str, str]:
        shown = self.run("dpkg-query", "--show", "--showformat=${Package} ${db:Status-Abbrev} ${Version}\n")
        return {w[0]: w[2] for line in shown.stdout.splitlines() if (w := line.split())[1] in {"ii", "hi"}}

    def bake(self, plan: Plan) -> tuple[bool, str]:
        """Put the plan's repositories and manifest on the root and install from them; success, and the agent's text."""
        upper = self.work / "upper"
        for file in documents.files(plan, plan.nodes[0]):
            if file.path.startswith("/etc/apt/"):
                (upper / file.path[1:]).parent.mkdir(parents=True, exist_ok=True)
                (upper / file.path[1:]).write_text(file.content)
        (upper / "wanted").mkdir(exist_ok=True)
        (upper / "wanted/node.json").write_text(documents.manifest(plan, plan.nodes[0]))
        (upper / "wanted/files.json").write_text("[]")
        (upper / "wanted/agent.pyz").write_bytes(archive())
        done = self.run("python3", "/wanted/agent.pyz", "bake", "--wanted", "/wanted")
        result = json.loads(done.stdout.splitlines()[-1])
        return result["ok"], result["text"]

    def plan(self, *, version: str = VERSION) -> Plan:
        key = self.signer.key
        repositories = [
            {"url": f"{self.url}/kubernetes/v{{minor}}", "key": key},
            {"url": f"{self.url}/runtime", "suite": "bookworm", "components": ["stable"], "key": key},
            {"url": f"{self.url}/etcd", "key": key},
            {"url": f"{self.url}/debian", "suite": "bookworm", "components": ["main"], "key": key},
        ]
        artifacts = {"source": "packages", "store": None, "manifest": None, "repositories": repositories}
        settings = {"preset": "local", "localMachines": None, "artifacts": artifacts}
        return make(read({**settings, "controlPlane": {"kubernetesVersion": version}}))


@pytest.fixture(scope="module")
def repositories(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, str, Signer]]:
    if os.geteuid() != 0:
        pytest.skip("live: a machine's root needs root")
    image.ensure(commands.say, replace(recipe.MACHINES, packages=recipe.BASE))
    folder = tmp_path_factory.mktemp("repositories")
    signer = Signer(tmp_path_factory.mktemp("gpg") / "home")
    built = programs() / "bin"
    kubernetes = folder / "kubernetes" / f"v{MINOR}"
    kubernetes.mkdir(parents=True)
    for name in ("kubeadm", "kubelet", "kubectl"):
        package(kubernetes, name, f"{VERSION}-1.1", {f"usr/bin/{name}": built / name})
        package(kubernetes, name, f"{MINOR}.30-1.1")
    runtime = folder / "runtime/pool"
    runtime.mkdir(parents=True)
    parts = ("containerd", "containerd-shim-runc-v2", "ctr")
    files = {f"usr/bin/{name}": built / name for name in parts}
    package(runtime, "containerd.io", "2.2.0-1~debian.12~bookworm", files, ["Conflicts: containerd, runc"])
    package(runtime, "containerd.io", "1.7.27-1")
    etcd = folder / "etcd"
    etcd.mkdir()
    package(etcd, "etcd-server", f"{ETCD}-1", {"usr/bin/etcd": built / "etcd"})
    package(etcd, "etcd-client", f"{ETCD}-1", {f"usr/bin/{name}": built / name for name in ("etcdctl", "etcdutl")})
    pool = folder / "debian/pool"
    pool.mkdir(parents=True)
    for found in Apt(cache() / "packages/debian-12-amd64", "debian-12", "amd64").packages(carried()):
        os.link(found.file, pool / found.file.name)
    flat(kubernetes, signer)
    flat(etcd, signer)
    suites(folder / "runtime", signer, suite="bookworm", component="stable")
    suites(folder / "debian", signer, suite="bookworm", component="main")
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield folder, f"http://127.0.0.1:{server.server_port}", signer
    server.shutdown()
    server.server_close()


@pytest.fixture
def site(repositories: tuple[Path, str, Signer], tmp_path: Path) -> Site:
    folder, url, signer = repositories
    for name in ("upper", "work", "root"):
        (tmp_path / name).mkdir()
    apt = tmp_path / "upper/etc/apt"
    apt.mkdir(parents=True)
    (apt / "sources.list").write_text("")  # this test asks no server but its own
    return Site(folder=folder, url=url, signer=signer, work=tmp_path)


def test_a_plain_machine_gets_the_versions_of_the_plan_from_signed_repositories_and_holds_them(site: Site) -> None:
    ok, text = site.bake(site.plan())
    assert ok, text
    installed = site.installed()
    assert {name: installed[name] for name in ("kubeadm", "kubelet", "kubectl", "containerd.io", "etcd-server")} == {
        **dict.fromkeys(("kubeadm", "kubelet", "kubectl"), f"{VERSION}-1.1"),
        "containerd.io": "2.2.0-1~debian.12~bookworm",
        "etcd-server": f"{ETCD}-1",
    }
    assert {"chrony", "conntrack", "nftables"} <= installed.keys()
    assert site.run("kubeadm", "version", "--output=short").stdout.strip() == f"v{VERSION}"
    held = site.run("apt-mark", "showhold").stdout.split()
    assert held == ["containerd.io", "etcd-client", "etcd-server", "kubeadm", "kubectl", "kubelet"]
    assert site.bake(site.plan()) == (True, "baked: nothing new")


def test_versions_that_no_repository_has_are_reported_together_and_nothing_is_installed(site: Site) -> None:
    before = site.installed()
    ok, text = site.bake(site.plan(version="1.36.2"))
    assert not ok
    assert f"kubeadm 1.36.2: found {MINOR}.30-1.1, {VERSION}-1.1" in text
    assert "kubectl 1.36.2" in text
    assert site.installed() == before


def test_a_repository_that_is_signed_by_another_key_is_not_used(site: Site, tmp_path: Path) -> None:
    other = replace(site, signer=Signer(tmp_path / "other"))
    before = site.installed()
    ok, text = other.bake(other.plan())
    assert not ok
    assert "Nothing was changed" in text
    assert site.installed() == before
