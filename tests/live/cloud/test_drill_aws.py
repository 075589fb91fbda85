"""What happens to instances on AWS, under clients that write and read in the VPC: nothing confirmed is lost by it."""

import json
import time

import pytest

from components.aws.machine import DEVICE
from workbench.lab.aws.environment import NODES, Environment
from workbench.lab.downtime import overlap
from workbench.lab.drill import Drill
from workbench.lab.fault import Fault
from workbench.lab.figure import Figure
from workbench.lab.ledger import Window
from workbench.lab.outlive import outlive
from workbench.lab.recording import Recording
from workbench.lab.wait import NotYet, until

GROUP = "AWS"
BACK_SECONDS = 120.0
SICK_SECONDS = 60.0  # until the balancer has noticed: checks every 10 s, two in a row
RETRY_GAP = 1.0  # seconds without a confirmed write that one retry hides
MANIFEST = "/etc/kubernetes/manifests/kube-apiserver.yaml"
READ_ONLY = "mount --bind /etc/kubernetes/manifests /etc/kubernetes/manifests && mount -o remount,bind,ro"
KEPT = "quorate:controlPlane.audit.maxBackups"
IMAGE = "quorate:aws.machines.image.id"
FINAL = "every API server has accepted a write"


def instances(environment: Environment) -> dict[str, str]:
    """The instance of each node."""
    return {name: environment.instances.identity(name) for name in NODES}


def volumes(environment: Environment) -> set[str]:
    """Attached volumes with etcd's data; each instance also has a root volume of its own."""
    attached = [{"Name": "attachment.device", "Values": [DEVICE]}]
    found = environment.client("ec2").describe_volumes(Filters=attached)["Volumes"]
    return {str(volume["VolumeId"]) for volume in found}


def image(environment: Environment, identity: str) -> str:
    """The image of an instance."""
    found = environment.client("ec2").describe_instances(InstanceIds=[identity])
    return str(found["Reservations"][0]["Instances"][0]["ImageId"])


def other_image(environment: Environment, current: str) -> str:
    """Another release of the same system for the same architecture."""
    images = {
        one["ImageId"]: one for one in environment.client("ec2").describe_images(Owners=["136693071363"])["Images"]
    }
    here = images[current]
    return next(
        str(identity)
        for identity, one in images.items()
        if identity != current
        and one["Architecture"] == here["Architecture"]
        and one["Name"].split("-2026")[0] == here["Name"].split("-2026")[0]
    )


def end(running: Drill, since: float, *, limit: float | None) -> None:
    """The environment is whole and used again; the figures of the client of the balancer."""
    running.site.wait_until_whole(seconds=BACK_SECONDS)
    running.note("whole")
    running.wait_for_writes(seconds=30)
    running.figure(Figure(name="longest gap", value=round(running.gap(since), 2), limit=limit))


@pytest.mark.drill
def test_an_instance_that_was_terminated_by_hand_is_made_again_by_an_update(
    environment: Environment, recording: Recording
) -> None:
    before, disks = instances(environment), volumes(environment)
    members = environment.site.members()
    with recording.drill("aws-terminated", title="Instance terminated by hand", group=GROUP) as running:
        begun = time.monotonic()
        environment.instances.wipe("cp2")
        running.note("terminated: cp2")
        running.wait_for_writes(seconds=30)
        running.note("up")
        done = environment.up().good()
        running.figure(Figure(name="up", value=round(done.seconds, 1)))
        end(running, begun, limit=None)
    assert "cp2: its instance is gone" in done.output
    after = instances(environment)
    assert {name for name in NODES if after[name] != before[name]} == {"cp2"}
    assert volumes(environment) == disks, "the volumes stay"
    assert environment.site.members() == members, "it stays a member: its data is on the volume"


@pytest.mark.drill
def test_an_image_is_replaced_one_instance_after_the_other(environment: Environment, recording: Recording) -> None:
    before = instances(environment)
    wanted = other_image(environment, image(environment, before["cp1"]))
    environment.set({IMAGE: wanted})
    with recording.drill("aws-image", title="Image replaced, one instance after the other", group=GROUP) as running:
        begun = time.monotonic()
        running.note("up")
        done = environment.up().good()
        running.figure(Figure(name="each node", value=round(done.seconds / len(NODES), 1), limit=120.0))
        end(running, begun, limit=RETRY_GAP)
    after = instances(environment)
    assert not set(after.values()) & set(before.values())
    assert {image(environment, identity) for identity in after.values()} == {wanted}
    assert not running.finished.service.failed_for_good, running.finished.service.reasons
    readings = {reader.place.name: tuple(reader.readings) for reader in running.readers}
    assert not overlap({name: readings[name] for name in NODES}), "two API servers were down together"


@pytest.mark.drill
def test_a_sick_target_gets_no_connections_until_it_is_healthy_again(recording: Recording) -> None:
    with recording.drill("aws-target", title="API server of one target paused", group=GROUP) as running:
        fault = Fault(what="pause-program", where="cp2", program="kube-apiserver", lasts=SICK_SECONDS)
        outlive(running, fault)
    assert not running.finished.service.failed_for_good, running.finished.service.reasons


@pytest.mark.drill
def test_a_roll_out_that_fails_on_one_node_stops_there_and_the_update_shows_its_reason(
    environment: Environment, recording: Recording
) -> None:
    environment.set({KEPT: 7})
    environment.instances.run("cp2", "sh", "-c", f"{READ_ONLY} /etc/kubernetes/manifests")
    with recording.drill("aws-roll-out", title="Roll-out fails on one node", group=GROUP) as running:
        begun, begun_at = time.monotonic(), time.time()
        running.note("up")
        failed = environment.up().refused()
        running.note("up has failed")
        changed = {name for name in NODES if "maxbackup=7" in environment.instances.run(name, "cat", MANIFEST)}
        touched = {name: float(environment.instances.run(name, "stat", "-c", "%Y", MANIFEST)) for name in NODES}
        environment.instances.run("cp2", "umount", "/etc/kubernetes/manifests")
        running.note("fixed, up again")
        environment.up().good()
        end(running, begun, limit=RETRY_GAP)
    environment.set({KEPT: None})
    environment.up().good()
    assert "cp2 failed" in failed.output, failed.tail
    assert "read-only file system" in failed.output.lower(), failed.tail
    assert "cp2" not in changed
    assert changed == {name for name in NODES if touched[name] > begun_at}, "no node was half changed"


@pytest.mark.drill
def test_every_member_goes_back_to_a_locked_snapshot_in_the_bucket(
    environment: Environment, recording: Recording
) -> None:
    s3 = environment.client("s3")
    with recording.drill("aws-restore", title="All members restored from a locked backup", group=GROUP) as running:
        asked = time.monotonic()
        environment.instances.run("cp1", "systemctl", "start", "quorate-backup.service", seconds=60)
        running.note("backup")
        newest = snapshots(environment)[-1]
        bucket, _, key = newest.removeprefix("s3://").partition("/")
        locked = s3.head_object(Bucket=bucket, Key=key).get("ObjectLockMode")
        running.wait_for_writes(seconds=10)
        running.note("restore")
        begun = time.monotonic()
        done = environment.operation("restore", newest, "--yes", "--json").good()
        running.note("restored")
        running.taken_back = Window(begin=asked, end=time.monotonic())
        running.wait_for_writes(seconds=BACK_SECONDS)
        first = next(one.at for one in running.ledger.acknowledged if one.at > running.taken_back.end)
        running.taken_back = Window(begin=asked, end=first)
        marks = json.loads(done.output.strip().splitlines()[-1])["seconds"]
        running.figure(Figure(name="command to a writable API", value=marks[FINAL]))
        end(running, begun, limit=None)
    assert locked == "COMPLIANCE", f"{newest} is locked as {locked}"


def snapshots(environment: Environment) -> list[str]:
    """The snapshots in the bucket, the oldest first."""

    def listed() -> list[str]:
        output = environment.operation("backups").good().output
        found = [word for line in output.splitlines() for word in line.split() if word.startswith("s3://")]
        if not found:
            raise NotYet(f"no snapshot in {output}")
        return sorted(found, key=lambda name: name.rpartition("/")[2])

    return until("the bucket has a snapshot", listed, seconds=60, every=2)
