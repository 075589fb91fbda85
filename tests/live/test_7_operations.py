"""Day-2 operations on a real cluster: each does what it says, and refuses what would harm, leaving all as it was."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from workbench.lab.api import Json
from workbench.lab.cluster import NODES, Cluster
from workbench.lab.etcd import EtcdMember
from workbench.lab.wait import NotYet, until

VICTIM, LOST = "cp2", "cp3"


@pytest.fixture(scope="module")
def snapshot(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One that `backup` took."""
    cluster.site.wait_until_whole(seconds=30)
    folder = tmp_path_factory.mktemp("backups")
    cluster.stack.operation("backup", "--to", str(folder)).good()
    return next(folder.glob("*.db"))


@pytest.fixture
def untouched(cluster: Cluster) -> Iterator[None]:
    """Whatever happens in between, members and their identities stay, and everything serves."""
    cluster.site.wait_until_whole(seconds=30)
    before = identities(cluster)
    yield
    cluster.site.whole()
    assert identities(cluster) == before


def identities(cluster: Cluster) -> tuple[EtcdMember, ...]:
    return cluster.site.members()


def copied(snapshot: Path, folder: Path, **changes: Json) -> Path:
    """The same snapshot with another description."""
    copy = folder / snapshot.name
    shutil.copy(snapshot, copy)
    about = json.loads(snapshot.with_suffix(".json").read_text())
    copy.with_suffix(".json").write_text(json.dumps({**about, **changes}))
    return copy


def refused(cluster: Cluster, snapshot: Path) -> str:
    return cluster.stack.operation("restore", str(snapshot), "--yes").refused().output


def test_every_check_of_a_deployment_is_made_on_every_node(cluster: Cluster) -> None:
    cluster.site.wait_until_whole(seconds=30)

    def probe() -> list[dict[str, str]]:
        found: list[dict[str, str]] = json.loads(cluster.stack.operation("verify", "--json").output)["checks"]
        if bad := [check for check in found if not check["well"]]:
            raise NotYet(f"{bad}")
        return found

    found = until("every check is ok", probe, seconds=60, every=2)
    for name in NODES:
        assert {"services", "certificates", "backups", "etcd members", "etcd health", "API server"} <= {
            check["subject"] for check in found if check["where"] == name
        }


def test_a_check_that_is_not_ok_says_what_to_do_and_fails_the_command(cluster: Cluster) -> None:
    cluster.machines.run(VICTIM, "systemctl", "stop", "kubelet")
    try:
        failed = cluster.stack.operation("verify").refused()
    finally:
        cluster.machines.run(VICTIM, "systemctl", "start", "kubelet")
    line = next(line for line in failed.output.splitlines() if line.startswith("NOT OK") and VICTIM in line)
    assert "kubelet" in line
    assert "-> `journalctl -u" in failed.output


@pytest.mark.usefixtures("untouched")
@pytest.mark.acceptance("T09")
def test_the_timer_of_a_node_keeps_a_whole_snapshot_that_restore_accepts(cluster: Cluster) -> None:
    for name in NODES:
        listed = cluster.machines.run(name, "systemctl", "is-active", "quorate-backup.timer")
        assert listed.strip() == "active"
    cluster.machines.run(VICTIM, "systemctl", "start", "quorate-backup.service")
    kept = json.loads(cluster.stack.operation("backups", "--json").good().output)
    mine = next(one["name"] for one in kept if one["name"].startswith(f"{VICTIM}:"))
    assert "would be restored" in cluster.stack.operation("restore", mine, "--dry-run").good().output


@pytest.mark.usefixtures("untouched")
def test_a_truncated_snapshot_is_refused(cluster: Cluster, snapshot: Path, tmp_path: Path) -> None:
    short = copied(snapshot, tmp_path)
    short.write_bytes(snapshot.read_bytes()[:-100])
    assert "truncated" in refused(cluster, short)


@pytest.mark.usefixtures("untouched")
def test_a_corrupt_snapshot_is_refused(cluster: Cluster, snapshot: Path, tmp_path: Path) -> None:
    content = bytearray(snapshot.read_bytes())
    content[len(content) // 2] ^= 0xFF
    bad = copied(snapshot, tmp_path)
    bad.write_bytes(content)
    assert "corrupt" in refused(cluster, bad)


@pytest.mark.usefixtures("untouched")
def test_every_node_says_at_once_all_that_speaks_against_a_snapshot(
    cluster: Cluster, snapshot: Path, tmp_path: Path
) -> None:
    changes: dict[str, Json] = {
        "cluster": "other",
        "authorities": ["0" * 64],
        "encryptionKeys": ["key-00000000"],
        "etcdVersion": "3.9.0",
    }
    said = refused(cluster, copied(snapshot, tmp_path, **changes))
    for reason in ("of cluster 'other'", "another certificate authority", "key-00000000", "upgrade etcd first"):
        assert said.count(reason) == len(NODES)
    assert all(f"{name}: " in said for name in NODES)


@pytest.mark.usefixtures("untouched")
def test_data_is_at_stake_so_nothing_happens_without_a_word(cluster: Cluster, snapshot: Path) -> None:
    assert "pass --yes to go ahead" in cluster.stack.operation("restore", str(snapshot)).refused().output
    assert "pass --yes to go ahead" in cluster.stack.operation("replace", VICTIM).refused().output


@pytest.mark.usefixtures("untouched")
def test_an_unknown_node_is_answered_with_those_that_there_are(cluster: Cluster) -> None:
    for words in (("replace", "nobody", "--yes"), ("drain", "nobody"), ("backup", "--survivor", "nobody")):
        said = cluster.stack.operation(*words).refused().output
        assert "no node 'nobody'; it has cp1, cp2, cp3" in said


def test_while_a_member_is_down_no_other_is_replaced_and_none_is_defragmented(cluster: Cluster) -> None:
    before = identities(cluster)
    cluster.machines.run(LOST, "systemctl", "stop", "etcd")
    try:
        said = cluster.stack.operation("replace", VICTIM, "--yes").refused().output
        assert f"{VICTIM} is not replaced" in said
        assert LOST in said
        assert "every node must be healthy" in cluster.stack.operation("defragment").refused().output
    finally:
        cluster.machines.run(LOST, "systemctl", "start", "etcd")
    cluster.site.wait_until_whole(seconds=30)
    assert identities(cluster) == before


def test_without_a_quorum_a_backup_says_what_is_left_to_do(cluster: Cluster) -> None:
    for name in (VICTIM, LOST):
        cluster.machines.run(name, "systemctl", "stop", "etcd")
    try:
        assert "--survivor NODE" in cluster.stack.operation("backup").refused().output
    finally:
        for name in (VICTIM, LOST):
            cluster.machines.run(name, "systemctl", "start", "--no-block", "etcd")
    cluster.site.wait_until_whole(seconds=60)


def test_a_drained_node_takes_no_pods_until_that_is_undone(cluster: Cluster) -> None:
    cluster.site.wait_until_whole(seconds=30)
    node = f"/api/v1/nodes/{VICTIM}"
    cluster.stack.operation("drain", VICTIM).good()
    assert cluster.api().get(node).at("spec", "unschedulable") is True
    cluster.stack.operation("drain", VICTIM, "--undo").good()
    assert cluster.api().get(node).at("spec", "unschedulable") is None
