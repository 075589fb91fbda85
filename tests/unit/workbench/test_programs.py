"""Which programs are built, at which versions, and what happens without a usable Go."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from provider.local.machines.store.content import NAMED, references
from workbench.places import ROOT, programs
from workbench.programs import build
from workbench.programs.catalog import GROUPS, Program, catalog, module, version
from workbench.programs.golang import go_version, needed
from workbench.progress import Failure

FAKE_GO = """#!/bin/sh
echo "$@" >> {log}
case "$1" in
env) echo {version};;
build) while [ "$1" != -o ]; do shift; done; {action};;
esac
"""


def fake_go(folder: Path, monkeypatch: pytest.MonkeyPatch, *, release: str = "go1.99.1", action: str) -> Path:
    """A Go on PATH that writes down what it is asked; returns what it has written."""
    log = folder / "asked"
    log.touch()
    program = folder / "path" / "go"
    program.parent.mkdir(exist_ok=True)
    program.write_text(FAKE_GO.format(log=log, version=release, action=action), encoding="utf-8")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:/usr/bin:/bin")
    monkeypatch.setenv("QUORATE_CACHE", str(folder / "cache"))
    return log


def builds(log: Path) -> int:
    return sum(line.startswith("build") for line in log.read_text(encoding="utf-8").splitlines())


PAUSE = Program(name="pause", group="pause", package="quorate/programs/pause")
BRIDGE = Program(name="bridge", group="cni", package="example", folder="cni")


def test_every_program_of_a_control_plane_and_the_cli_is_built() -> None:
    assert sorted(str(program.place) for program in catalog()) == [
        "bin/containerd",
        "bin/containerd-shim-runc-v2",
        "bin/coredns",
        "bin/ctr",
        "bin/etcd",
        "bin/etcdctl",
        "bin/etcdutl",
        "bin/kube-apiserver",
        "bin/kube-controller-manager",
        "bin/kube-proxy",
        "bin/kube-scheduler",
        "bin/kubeadm",
        "bin/kubectl",
        "bin/kubelet",
        "bin/metrics-server",
        "bin/pause",
        "bin/workload",
        "cli/pulumi",
        "cni/host-local",
        "cni/loopback",
        "cni/portmap",
        "cni/ptp",
    ]


def test_what_is_built_is_what_the_settings_default_to() -> None:
    settings = "".join(file.read_text(encoding="utf-8") for file in (ROOT / "plan" / "settings").glob("*.py"))
    for built in (version("kubernetes", "k8s.io/kubernetes"), version("etcd", "go.etcd.io/etcd/server/v3")):
        assert f'"{built.removeprefix("v")}"' in settings


def test_images_of_add_ons_have_the_version_that_was_built() -> None:
    names = references(programs() / "bin" / "kubeadm") if (programs() / "bin" / "kubeadm").exists() else NAMED
    package = {"coredns": "github.com/coredns/coredns", "metrics-server": "sigs.k8s.io/metrics-server"}
    for name in set(names) & set(package):
        assert names[name].endswith(f":{version(name, package[name])}")


def test_the_three_etcd_programs_are_of_one_version() -> None:
    modules = ("server", "etcdctl", "etcdutl")
    assert len({version("etcd", f"go.etcd.io/etcd/{name}/v3") for name in modules}) == 1


@pytest.mark.parametrize("group", [group for group in GROUPS if group not in {"pause", "workload"}])
def test_every_module_is_pinned_by_hash(group: str) -> None:
    wanted = re.findall(r"^(?:require)?\s+(\S+) (v\S+)", (module(group) / "go.mod").read_text(), re.MULTILINE)
    assert wanted
    hashes = (module(group) / "go.sum").read_text(encoding="utf-8")
    tools = [program.package for program in catalog() if program.group == group]
    for name, wanted_version in wanted:
        if any(tool.startswith(name) for tool in tools):
            replaced = f"{name} {wanted_version} h1:"
            assert replaced in hashes


def test_nothing_is_built_twice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log = fake_go(tmp_path, monkeypatch, action="echo x > $2")
    first = build.build([PAUSE, BRIDGE])
    assert build.build([PAUSE, BRIDGE]) == first
    assert builds(log) == 2
    assert (tmp_path / "cache/programs/current/bin/pause").read_text(encoding="utf-8") == "x\n"
    assert (tmp_path / "cache/programs/current/cni/bridge").exists()


def test_an_interrupted_build_leaves_nothing_half_done_and_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake_go(tmp_path, monkeypatch, action="case $2 in *bridge*) echo half > $2; kill -9 $$;; *) echo x > $2;; esac")
    with pytest.raises(Failure, match="building bridge failed"):
        build.build([PAUSE, BRIDGE])
    assert not list(tmp_path.glob("cache/programs/*/cni/bridge"))
    log = fake_go(tmp_path, monkeypatch, action="echo whole > $2")
    log.write_text("", encoding="utf-8")
    found = build.build([PAUSE, BRIDGE])
    assert builds(log) == 1
    assert (found / "cni/bridge").read_text(encoding="utf-8") == "whole\n"


def test_a_failed_build_shows_the_compilers_reason(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake_go(tmp_path, monkeypatch, action="echo no space left on device >&2; exit 1")
    with pytest.raises(Failure, match=r"building pause failed .*\n.*no space left on device"):
        build.build([PAUSE])


def test_a_change_of_one_group_builds_the_programs_of_the_others_not_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = fake_go(tmp_path, monkeypatch, action="echo x > $2")
    first = build.build([PAUSE, BRIDGE])
    sources = tmp_path / "sources"
    for group in (PAUSE.group, BRIDGE.group):
        shutil.copytree(module(group), sources / group)
    (sources / PAUSE.group / "more.go").touch()
    monkeypatch.setattr(build, "module", lambda group: sources / group if (sources / group).is_dir() else module(group))
    second = build.build([PAUSE, BRIDGE])
    assert second != first
    assert builds(log) == 3
    assert (second / "cni/bridge").samefile(first / "cni/bridge")


def test_another_toolchain_makes_another_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake_go(tmp_path, monkeypatch, action="echo x > $2")
    first = build.build([PAUSE])
    fake_go(tmp_path, monkeypatch, release="go1.99.2", action="echo y > $2")
    assert build.build([PAUSE]) != first


def test_an_old_go_is_refused_with_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake_go(tmp_path, monkeypatch, release="go1.19.8", action="")
    major, minor = needed()
    with pytest.raises(Failure, match=rf"Go {major}\.{minor} or newer is needed.*go1\.19\.8.*golang-go"):
        go_version()


def test_cgo_and_flags_of_the_user_do_not_reach_the_build(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GOFLAGS", "-tags=other")
    monkeypatch.setenv("CGO_ENABLED", "1")
    fake_go(tmp_path, monkeypatch, action='echo "$CGO_ENABLED $GOFLAGS" > $2')
    assert (build.build([PAUSE]) / "bin/pause").read_text(encoding="utf-8").split() == ["0"]


def test_the_folder_is_printed_and_an_unknown_group_refused() -> None:
    command = ["python3", "-m", "workbench.programs", "docker"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "unknown group docker; the groups are cli, kubernetes" in done.stderr
