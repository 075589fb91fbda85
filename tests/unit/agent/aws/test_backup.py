"""A snapshot counts when it was checked and is in the bucket; its age is told."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from agent.aws import figures
from agent.aws.backup import back_up
from agent.aws.client import Aws
from agent.model.failure import Failed
from agent.snapshots import folder, proof
from agent.system.record import Record
from tests.unit.agent.aws.conftest import BACKUPS, Cloud
from tests.unit.agent.place import MANIFEST, Place


@pytest.fixture
def machine(place: Place) -> Place:
    kept = place.file("/var/lib/quorate/wanted")
    kept.mkdir(parents=True)
    backups = {"bucket": BACKUPS, "prefix": "snapshots/cp1/"}
    (kept / "node.json").write_text(json.dumps({**MANIFEST, "backups": backups}))
    status = {"header": {"cluster_id": 1}, "leader": 2, "version": "3.6.10"}
    saying = f"case \"$*\" in *status) echo '{json.dumps([{'Status': status}])}'; exit ;; esac"
    place.program("etcdctl", f'{saying}; for last; do :; done; echo "$*" > {place.folder}/argv; echo db > "$last"')
    says(place, revision=42, totalKey=7)
    return place


def says(place: Place, **status: int) -> None:
    place.program("etcdutl", f"echo '{json.dumps({'hash': 1, 'totalSize': 9, **status})}'")


def uploaded(cloud: Cloud) -> list[str]:
    found = cloud.client("s3").ask("list_objects_v2", Bucket=BACKUPS).get("Contents", [])
    assert isinstance(found, list)
    return [entry["Key"] for entry in found]


def test_a_checked_snapshot_is_added_below_the_nodes_own_prefix(cloud: Cloud, machine: Place) -> None:
    said = back_up(machine.host, cloud.aws(), machine.events)
    key, beside = sorted(uploaded(cloud))
    assert key.startswith("snapshots/cp1/2")
    assert beside == key.replace(".db", ".json"), "what it holds and what it needs is told beside it"
    assert "revision 42, 7 keys" in said
    assert Record(machine.host, "figures").read()[figures.BACKED_UP]


def test_the_snapshot_comes_over_tls_with_a_certificate_and_only_the_newest_stays_for_the_proof(
    cloud: Cloud, machine: Place
) -> None:
    left = machine.file("/var/lib/quorate/snapshots/20260101T000000Z.db")
    left.parent.mkdir(parents=True)
    left.write_text("an older one")
    back_up(machine.host, cloud.aws(), machine.events)
    argv = (machine.folder / "argv").read_text()
    assert "--endpoints=https://127.0.0.1:2379" in argv
    assert all(f"--{option}=" in argv for option in ("cacert", "cert", "key"))
    newest = folder.newest(machine.host)
    assert newest is not None
    assert sorted(left.parent.iterdir()) == [newest.path, newest.path.with_suffix(".json")]


def test_an_empty_snapshot_is_not_uploaded(cloud: Cloud, machine: Place) -> None:
    says(machine, revision=0, totalKey=0)
    with pytest.raises(Failed, match="it is unusable"):
        back_up(machine.host, cloud.aws(), machine.events)
    assert not uploaded(cloud)
    assert folder.newest(machine.host) is None
    assert figures.BACKED_UP not in Record(machine.host, "figures").read()


def test_a_snapshot_that_etcdutl_refuses_is_not_uploaded(cloud: Cloud, machine: Place) -> None:
    machine.program("etcdutl", "echo broken >&2; exit 1")
    with pytest.raises(Failed, match="broken"):
        back_up(machine.host, cloud.aws(), machine.events)
    assert not uploaded(cloud)


def test_the_age_of_the_backup_reaches_cloudwatch_with_cluster_and_node(cloud: Cloud, machine: Place) -> None:
    back_up(machine.host, cloud.aws(), machine.events)
    found = cloud.client("cloudwatch").ask("list_metrics", Namespace="Quorate")["Metrics"]
    assert isinstance(found, list)
    names = {metric["MetricName"]: {d["Name"]: d["Value"] for d in metric["Dimensions"]} for metric in found}
    assert names["BackupAgeHours"] == {"Cluster": "test", "Node": "cp1"}


def test_a_node_that_never_made_a_backup_grows_older_by_itself(machine: Place) -> None:
    first = figures.collected(machine.host)["BackupAgeHours"]
    record = Record(machine.host, "figures")
    record.update(**{figures.SINCE: str(float(record.read()[figures.SINCE]) - 7200)})
    assert figures.collected(machine.host)["BackupAgeHours"] == pytest.approx(first + 2, abs=0.01)


def test_the_age_of_the_last_good_proof_is_sent_and_grows_when_proofs_fail_or_never_run(machine: Place) -> None:
    first = figures.collected(machine.host)["ProofAgeHours"]
    record = Record(machine.host, "figures")
    record.update(**{figures.SINCE: str(float(record.read()[figures.SINCE]) - 7200)})
    assert figures.collected(machine.host)["ProofAgeHours"] == pytest.approx(first + 2, abs=0.01)
    proved = (datetime.now(UTC) - timedelta(hours=1)).isoformat(timespec="seconds")
    machine.host.state(proof.RESULT).write_text(
        json.dumps({"at": proved, "snapshot": "", "well": True, "seen": "", "proved": proved})
    )
    assert figures.collected(machine.host)["ProofAgeHours"] == pytest.approx(1, abs=0.01)
    assert proof.prove(machine.host).proved == proved, "a failed proof keeps the time of the last good one"
    assert figures.collected(machine.host)["ProofAgeHours"] == pytest.approx(1, abs=0.01)


def test_a_cloud_that_takes_no_figures_is_complained_of_and_fails_nothing(machine: Place) -> None:
    complaints: list[str] = []
    nowhere = Aws({"region": "eu-west-1", "node": "cp1", "endpoints": {"metadata": "http://127.0.0.1:9"}})
    nowhere.send = refuse  # type: ignore[method-assign, assignment]  # no four attempts against a closed port
    figures.tell(machine.host, nowhere, complaints.append)
    assert "could not be sent" in complaints[0]


def refuse(*_: object) -> bytes:
    raise OSError("nobody there")
