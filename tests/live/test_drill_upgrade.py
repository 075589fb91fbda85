"""From earlier versions to the present ones, while clients work: on a cluster of its own, which begins with those."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from operations.__main__ import INTERRUPTED
from plan.settings.control_plane import ControlPlane
from plan.settings.etcd import Etcd
from plan.store import PLACE
from workbench.lab.cluster import SERVING_SECONDS, site, standing
from workbench.lab.downtime import overlap
from workbench.lab.etcd import status
from workbench.lab.figure import Figure
from workbench.lab.ground import LIVE, Ground
from workbench.lab.lock_holders import holders
from workbench.lab.prerequisites import missing
from workbench.lab.progress import Progress
from workbench.lab.recording import Recording
from workbench.lab.site import Site
from workbench.lab.stack import Run, Stack
from workbench.lab.wait import NotYet, until
from workbench.places import ROOT, programs
from workbench.programs import earlier

pytestmark = pytest.mark.drill
GROUP = "Operations"
GROUND = Ground(name=f"{LIVE.name}up", bridge=f"{LIVE.bridge}u", prefix="10.89.251")
KUBERNETES, ETCD = ControlPlane().kubernetes_version, Etcd().version
STORE = f"file://{PLACE}"
SPOILT = "kube-apiserver"  # whose image in the spoilt store has a program that ends at once


@pytest.fixture(scope="module")
def stack(progress: Progress) -> Iterator[Stack]:
    """Three machines with the earlier versions, and stores of the earlier, the present and a spoilt set."""
    if reason := missing():
        pytest.skip(reason)
    made = Stack(GROUND, progress=progress)
    old = earlier.build()
    with standing(made):
        store(old, "earlier")
        store(spoilt(GROUND.folder / "spoilt"), "spoilt")
        made.set(
            GROUND.settings(
                controlPlane={"kubernetesVersion": earlier.kubernetes_version()},
                etcd={"version": earlier.etcd_version()},
                artifacts={"store": f"{STORE}/earlier", "manifest": str(GROUND.store / "earlier" / "manifest.json")},
            )
        )
        made.up().good()
        yield made
        made.destroy().good()
        made.remove()


@pytest.fixture
def serving(stack: Stack) -> Site:
    found = site(stack)
    found.wait_until_whole(seconds=SERVING_SECONDS)
    return found


def store(programs_of: Path, name: str) -> None:
    """A set of programs as a folder of the machines' store."""
    command = (
        "-m",
        "workbench.store",
        "--programs",
        str(programs_of),
        "--into",
        str(GROUND.store / name),
    )
    subprocess.run([sys.executable, *command], cwd=ROOT, check=True, capture_output=True)


def spoilt(folder: Path) -> Path:
    """The present set, but for one program that ends at once."""
    for program in (*programs().glob("bin/*"), *programs().glob("cni/*")):
        link = folder / program.relative_to(programs())
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to(program.with_name("etcdutl") if program.name == SPOILT else program)
    return folder


def upgrade(stack: Stack, *words: str, of: str | None = None, cut: str | None = None) -> Run:
    """`operations upgrade`, from the store's folder `of`; interrupted once it has said `cut`."""
    place: tuple[str, ...] = ()
    if of is not None:
        manifest = GROUND.store / of / "manifest.json"
        place = ("--store", f"{STORE}/{of}".rstrip("/"), "--manifest", str(manifest))
    return stack.operation("upgrade", *words, *place, "--config-file", stack.settings_file, cut=cut)


def versions(serving: Site) -> set[tuple[str, str]]:
    """What the API servers and the members of etcd say, as pairs on each node."""
    found = set()
    for server in serving.servers:
        asked = ("kubectl", "--kubeconfig", "/etc/kubernetes/admin.conf", "get", "--raw", "/version")
        told = json.loads(serving.machines.run(server.name, *asked))["gitVersion"].removeprefix("v")
        found.add((told, status(serving.machines, server.name).version))
    return found


def kubelets(stack: Stack) -> set[str]:
    listed = stack.operation("kubectl", "get", "nodes", "-o", "json").good().output
    return {node["status"]["nodeInfo"]["kubeletVersion"] for node in json.loads(listed)["items"]}


@pytest.mark.parametrize(
    ("words", "of", "said"),
    [
        (("--kubernetes", KUBERNETES), None, "the program would not"),
        (("--kubernetes", "1.38.0"), "", "of a supported minor version"),
        (("--kubernetes", "1.35.9"), "", "1.36.2 or newer"),
        (("--etcd", "3.6.4"), "", "3.6.8 or newer"),
        ((), "", "name the wanted version"),
    ],
)
def test_a_version_that_may_not_follow_is_refused_and_nothing_changes(
    stack: Stack, serving: Site, words: tuple[str, ...], of: str | None, said: str
) -> None:
    before, settings = serving.members(), Path(stack.settings_file).read_text()
    assert said in upgrade(stack, *words, "--yes", of=of).refused().output
    assert Path(stack.settings_file).read_text() == settings
    assert serving.members() == before
    serving.whole()


def test_what_would_change_can_be_seen_before(stack: Stack, serving: Site) -> None:
    seen = upgrade(stack, "--kubernetes", KUBERNETES, "--dry-run", of="").good().output
    assert "nothing was changed" in seen
    assert versions(serving) == {(earlier.kubernetes_version(), earlier.etcd_version())}


def test_a_node_that_fails_is_taken_back_and_the_others_never_begin(stack: Stack, serving: Site) -> None:
    recording, settings = Recording(site=serving, run=1), Path(stack.settings_file).read_text()
    with recording.drill("upgrade-fails", title="Upgrade fails on a node", group=GROUP) as running:
        done = upgrade(stack, "--kubernetes", KUBERNETES, "--etcd", ETCD, "--yes", of="spoilt").refused()
        running.wait_for_writes(seconds=10)
        running.figure(Figure(name="longest gap", value=round(running.gap(running.begun), 3)))
        running.figure(Figure(name="until all is as it was", value=round(done.seconds, 1)))
    assert "again, and the settings are restored" in done.output, done.tail
    assert not running.finished.service.failed_for_good, running.finished.service.reasons
    assert versions(serving) == {(earlier.kubernetes_version(), earlier.etcd_version())}
    assert Path(stack.settings_file).read_text() == settings
    serving.wait_until_whole(seconds=SERVING_SECONDS)
    stack.preview("--expect-no-changes").good()


@pytest.mark.acceptance("T17")
@pytest.mark.acceptance("T22")
def test_kubernetes_and_etcd_are_upgraded_one_node_at_a_time_also_when_it_is_interrupted(
    stack: Stack, serving: Site
) -> None:
    recording, members = Recording(site=serving, run=1), serving.members()
    wanted = ("--kubernetes", KUBERNETES, "--etcd", ETCD, "--yes")
    with recording.drill("upgrade", title="Kubernetes and etcd upgraded, interrupted once", group=GROUP) as running:
        cut = upgrade(stack, *wanted, of="", cut="cluster lock released")
        running.note("interrupted")
        assert cut.status == INTERRUPTED, cut.tail
        done = upgrade(stack, *wanted, of="").good()
        running.wait_for_writes(seconds=10)
        running.figure(Figure(name="longest gap", value=round(running.gap(running.begun), 3)))
        running.figure(Figure(name="whole upgrade", value=round(cut.seconds + done.seconds, 1)))
    assert not running.finished.service.failed_for_good, running.finished.service.reasons
    assert {*holders(cut.output), *holders(done.output)} == GROUND.nodes.keys()
    readings = {reader.place.name: tuple(reader.readings) for reader in running.readers}
    assert not overlap({server.name: readings[server.name] for server in serving.servers})
    assert serving.members() == members, "an upgrade must not touch the membership"
    assert versions(serving) == {(KUBERNETES, ETCD)}

    def probe() -> None:
        if (found := kubelets(stack)) != {f"v{KUBERNETES}"}:
            raise NotYet(f"kubelets are {found}")

    until("every kubelet is of the new version", probe, seconds=30)
    assert "nothing to do" in upgrade(stack, "--kubernetes", KUBERNETES, "--yes", of="").good().output
    stack.preview("--expect-no-changes").good()
