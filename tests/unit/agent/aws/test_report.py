"""What a node reports of itself: the digest that it has converged to, or why it has not."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from agent.aws import disk, figures
from agent.aws.convergence import converge
from agent.model.events import Events
from agent.model.failure import Failed
from documents.shipping import wanted_digest
from tests.unit.agent.aws.conftest import BUCKET, PLACE, SECRET, Cloud
from tests.unit.agent.aws.test_files import publish
from tests.unit.agent.place import Place

Apply = Callable[[Events, Path], int]


@pytest.fixture
def machine(place: Place, monkeypatch: pytest.MonkeyPatch) -> Place:
    monkeypatch.setattr(disk, "mount", lambda *_: None)
    monkeypatch.setattr(figures, "tell", lambda *_: None)
    keys = place.file("/etc/ssh")
    keys.mkdir(parents=True)
    (keys / "ssh_host_ed25519_key.pub").write_text("ssh-ed25519 AAAA root@cp1\n")
    return place


def reported(cloud: Cloud) -> dict[str, object]:
    body = cloud.client("s3").ask("get_object", Bucket=BUCKET, Key=PLACE["convergence"])["Body"]
    found: dict[str, object] = json.loads(body.read())  # type: ignore[attr-defined]  # a stream of the SDK
    return found


def secret(cloud: Cloud) -> str:
    return str(cloud.client("secretsmanager").ask("get_secret_value", SecretId=SECRET)["SecretString"])


def result(*, text: str, ok: bool) -> Apply:
    def apply(events: Events, _: Path) -> int:
        events.result(ok=ok, text=text, changed=[], member=ok, found=[])
        return 0 if ok else 1

    return apply


def test_a_converged_node_reports_the_digest_that_the_program_waits_for(cloud: Cloud, machine: Place) -> None:
    publish(cloud)
    assert converge(machine.host, cloud.aws(), result(ok=True, text="as wanted")) == 0
    found = reported(cloud)
    assert found["digest"] == wanted_digest(secret(cloud))
    assert (found["state"], found["reason"], found["node"]) == ("converged", "", "cp1")
    assert (found["agent"], found["hostKeys"]) == ("0" * 64, ["ssh-ed25519 AAAA"])


def test_a_new_digest_is_reported_as_being_applied_before_anything_changes(cloud: Cloud, machine: Place) -> None:
    publish(cloud)
    seen: list[dict[str, object]] = []

    def apply(events: Events, directory: Path) -> int:
        seen.append(reported(cloud))
        return result(ok=True, text="")(events, directory)

    converge(machine.host, cloud.aws(), apply)
    assert (seen[0]["state"], seen[0]["digest"]) == ("applying", wanted_digest(secret(cloud)))


def test_a_node_that_fails_reports_its_own_reason_and_how_often_it_has_tried(cloud: Cloud, machine: Place) -> None:
    publish(cloud)
    failing = result(ok=False, text="etcd: no healthy member within 60 s")
    assert [converge(machine.host, cloud.aws(), failing) for _ in range(2)] == [1, 1]
    found = reported(cloud)
    assert (found["state"], found["reason"], found["attempts"]) == ("failed", "etcd: no healthy member within 60 s", 2)
    converge(machine.host, cloud.aws(), result(ok=True, text=""))
    assert (reported(cloud)["state"], reported(cloud)["attempts"]) == ("converged", 0)


def test_what_stops_a_run_before_its_first_step_is_reported_too(cloud: Cloud, machine: Place) -> None:
    with pytest.raises(Failed):
        converge(machine.host, cloud.aws(), result(ok=True, text=""))
    found = reported(cloud)
    assert (found["state"], found["digest"]) == ("failed", "")
    assert "cannot be downloaded" in str(found["reason"])


def test_an_unchanged_report_is_not_written_again(cloud: Cloud, machine: Place) -> None:
    publish(cloud)
    converge(machine.host, cloud.aws(), result(ok=True, text=""))
    cloud.client("s3").ask("delete_object", Bucket=BUCKET, Key=PLACE["convergence"])
    converge(machine.host, cloud.aws(), result(ok=True, text=""))
    listed = cloud.client("s3").ask("list_objects_v2", Bucket=BUCKET, Prefix=PLACE["convergence"])
    assert not listed.get("Contents")


def test_a_report_that_cannot_be_sent_fails_nothing(cloud: Cloud, machine: Place) -> None:
    publish(cloud)

    def apply(events: Events, directory: Path) -> int:
        cloud.client("s3").ask("delete_object", Bucket=BUCKET, Key=PLACE["documents"])
        cloud.client("s3").ask("delete_object", Bucket=BUCKET, Key=PLACE["convergence"])
        cloud.client("s3").ask("delete_bucket", Bucket=BUCKET)
        return result(ok=True, text="")(events, directory)

    assert converge(machine.host, cloud.aws(), apply) == 0
