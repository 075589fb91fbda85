"""Day-2 operations under clients that write and read: what they cost, and that nothing confirmed is lost by them."""

import json
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from workbench.lab.api import Answer, Connection
from workbench.lab.cluster import Cluster
from workbench.lab.drill import Drill
from workbench.lab.figure import Figure
from workbench.lab.ledger import Window
from workbench.lab.outlive import BACK_SECONDS
from workbench.lab.recording import Recording
from workbench.lab.wait import NotYet, until

GROUP = "Operations"
RUNS = 5
CREATED, GONE = 201, 410
ACCOUNTS = "/api/v1/namespaces/{}/serviceaccounts/default"


def saved(cluster: Cluster, folder: Path) -> Path:
    """A snapshot that `backup` took, on this computer."""
    said = cluster.stack.operation("backup", "--to", str(folder)).good().output
    return next(Path(line) for line in said.splitlines() if line.endswith(".db"))


def controllers_work(cluster: Cluster, name: str) -> None:
    """The controller-manager gives a new namespace its service account."""
    connection = cluster.api()

    def probe() -> None:
        if connection.get(ACCOUNTS.format(name)).status != 200:
            raise NotYet("no service account yet")

    made = connection.post("/api/v1/namespaces", {"metadata": {"name": name}})
    assert made.status == CREATED, made.text("message")
    until("the new namespace has a service account", probe, seconds=BACK_SECONDS)
    connection.call("DELETE", f"/api/v1/namespaces/{name}", deadline=10)


def is_expired(answer: Answer) -> bool:
    """Whether a watch was told that its revision is gone: as the answer itself, or as its first event."""
    return answer.status == GONE or answer.at("object", "code") == GONE


@pytest.mark.acceptance("T10")
@pytest.mark.drill(runs=RUNS)
def test_every_member_goes_back_to_one_snapshot_and_nothing_older_is_missing(
    cluster: Cluster, recording: Recording, tmp_path: Path
) -> None:
    title = "All members restored from a snapshot"
    with recording.drill("restore", title=title, group=GROUP) as running:
        running.note("backup")
        asked = time.monotonic()
        snapshot = saved(cluster, tmp_path)
        returned = time.monotonic()
        running.wait_for_writes(seconds=10)
        newest = running.ledger.newest
        assert newest is not None
        running.note("restore")
        begun = time.monotonic()
        done = cluster.stack.operation("restore", str(snapshot), "--yes", "--json").good()
        running.taken_back = Window(begin=asked, end=time.monotonic())
        running.note("restored")
        running.wait_for_writes(seconds=BACK_SECONDS)
        running.taken_back = Window(begin=asked, end=first_after(running, running.taken_back.end))
        running.site.wait_until_whole(seconds=BACK_SECONDS)
        marks = json.loads(done.output.strip().splitlines()[-1])["seconds"]
        writable = marks["every API server has accepted a write"]
        running.figure(Figure(name="command to a writable API", value=writable, limit=20.0))
        running.figure(Figure(name="longest gap", value=round(running.gap(begun), 2)))
        for name in cluster.site.servers:
            old = f"{running.readers[0].objects}?watch=1&timeoutSeconds=2&resourceVersion={newest.revision}"
            assert is_expired(Connection(cluster.site.access, name).get(old)), f"{name.name} serves a lost revision"
        doomed = [one for one in running.ledger.acknowledged if one.sent > returned and one.at < begun]
        assert doomed, "something was written after the snapshot"
        for one in (doomed[0], doomed[-1]):
            assert cluster.api().get(f"{running.readers[0].objects}/{one.name}").status == 404, "it is the snapshot"
        later = [
            one.revision for one in running.ledger.acknowledged if one.revision and one.at > running.taken_back.end
        ]
        assert min(later) > newest.revision if newest.revision else False, "revisions only grow"
        controllers_work(cluster, f"after-restore-{recording.run}")
    cluster.stack.preview("--expect-no-changes").good()


def first_after(running: Drill, moment: float) -> float:
    """When the first write after a moment was confirmed: what was read until then knew only what is gone."""
    return next(one.at for one in running.ledger.acknowledged if one.at > moment)


@pytest.mark.acceptance("T09")
@pytest.mark.drill(runs=RUNS)
def test_a_backup_under_load_disturbs_no_request_and_is_whole(
    cluster: Cluster, recording: Recording, tmp_path: Path
) -> None:
    with recording.drill("backup", title="A backup to the operator's computer", group=GROUP) as running:
        begun = time.monotonic()
        running.note("backup")
        snapshot = saved(cluster, tmp_path)
        running.note("done")
        took = time.monotonic() - begun
        running.wait_for_writes(seconds=10)
        running.figure(Figure(name="backup", value=round(took, 2)))
        running.figure(Figure(name="longest gap", value=round(running.gap(begun), 3), limit=0.5))
    about = json.loads(snapshot.with_suffix(".json").read_text())
    assert about["bytes"] == snapshot.stat().st_size
    assert not running.finished.service.failed_once, running.finished.service.reasons
    assert str(snapshot) in cluster.stack.operation("backups", "--to", str(tmp_path)).good().output


@pytest.mark.acceptance("T08")
@pytest.mark.drill(runs=RUNS)
def test_a_node_is_made_anew_while_the_others_serve(cluster: Cluster, recording: Recording) -> None:
    before = {member.name: member.identity for member in cluster.site.members()}
    doomed = min(name for name in cluster.machines.names if name != cluster.site.owner())
    with recording.drill("replace", title="A node replaced by `operations replace`", group=GROUP) as running:
        running.note(f"replace {doomed}")
        begun = time.monotonic()
        cluster.stack.operation("replace", doomed, "--yes", "--config-file", cluster.stack.settings_file).good()
        running.note("done")
        took = time.monotonic() - begun
        running.site.wait_until_whole(seconds=BACK_SECONDS)
        running.wait_for_writes(seconds=10)
        running.figure(Figure(name="replace", value=round(took, 1)))
        running.figure(Figure(name="longest gap", value=round(running.gap(begun), 3), limit=0.5))
    assert not running.finished.service.failed_for_good, running.finished.service.reasons
    after = {member.name: member.identity for member in cluster.site.members()}
    assert after.keys() == before.keys()
    assert {name for name in before if after[name] != before[name]} == {doomed}
    cluster.stack.preview("--expect-no-changes").good()


@pytest.mark.drill(runs=RUNS)
def test_every_member_is_defragmented_in_its_turn(cluster: Cluster, recording: Recording) -> None:
    with recording.drill("defragment", title="All members defragmented", group=GROUP) as running:
        begun = time.monotonic()
        running.note("defragment")
        done = cluster.stack.operation("defragment", "--json").good()
        running.note("done")
        running.wait_for_writes(seconds=10)
        running.figure(Figure(name="defragment", value=round(time.monotonic() - begun, 1)))
        running.figure(Figure(name="longest gap", value=round(running.gap(begun), 3), limit=0.5))
    sizes = json.loads(done.output.strip().splitlines()[-1])
    assert sizes.keys() == set(cluster.machines.names)
    assert all(size["after"] <= size["before"] for size in sizes.values())
    assert not running.finished.service.failed_for_good, running.finished.service.reasons


@pytest.mark.drill
def test_a_quorum_that_was_lost_with_its_disks_comes_back_from_a_snapshot(
    cluster: Cluster, recording: Recording, tmp_path: Path
) -> None:
    lost = sorted(cluster.machines.names)[1:]
    with recording.drill("quorum-lost", title="Two of three machines lost with their disks", group=GROUP) as running:
        asked = time.monotonic()
        snapshot = saved(cluster, tmp_path)
        running.note(f"disks of {' and '.join(lost)} lost")
        begun = time.monotonic()
        for name in lost:
            cluster.machines.wipe(name)
        with ThreadPoolExecutor() as pool:
            waiting = pool.submit(cluster.stack.up)
            until("every node could be restored", lambda: judged(cluster, snapshot), seconds=240, every=2)
            running.note("restore")
            cluster.stack.operation("restore", str(snapshot), "--yes").good()
            running.note("restored")
            restored = time.monotonic()
            assert "a restore is under way" in waiting.result().refused().output
        running.taken_back = Window(begin=asked, end=restored)
        running.wait_for_writes(seconds=BACK_SECONDS)
        running.taken_back = Window(begin=asked, end=first_after(running, restored))
        running.figure(Figure(name="from the loss to a writable API", value=round(running.taken_back.end - begun, 1)))
        running.note("pulumi up")
        cluster.stack.up().good()
        running.site.wait_until_whole(seconds=BACK_SECONDS)
        running.figure(Figure(name="whole again", value=round(time.monotonic() - begun, 1)))
    cluster.stack.preview("--expect-no-changes").good()


def judged(cluster: Cluster, snapshot: Path) -> None:
    """Every node says that it could be restored. Raises `NotYet`."""
    asked = cluster.stack.operation("restore", str(snapshot), "--dry-run")
    if asked.status:
        raise NotYet(asked.output[-300:])
