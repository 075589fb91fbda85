"""Another encryption key, while clients work. After all other drills: settings of before it would be refused then."""

import base64
import json

import pytest

from workbench.lab.access import Address
from workbench.lab.api import Json
from workbench.lab.cluster import Cluster
from workbench.lab.etcd import etcdctl
from workbench.lab.figure import Figure
from workbench.lab.recording import Recording

SECRETS = 120
NAMESPACE = "rotation"
GROUP = "Operations"


def make_secrets(cluster: Cluster) -> dict[str, str]:
    """Secrets with values that are known here only; their values by name."""
    api = cluster.api()
    api.post("/api/v1/namespaces", {"metadata": {"name": NAMESPACE}})
    made = {f"s{number}": f"value {number}" for number in range(SECRETS)}
    for name, value in made.items():
        body: Json = {"metadata": {"name": name}, "stringData": {"value": value}}
        assert api.post(f"/api/v1/namespaces/{NAMESPACE}/secrets", body).status in {201, 409}
    return made


def read_secrets(cluster: Cluster, place: Address) -> dict[str, str]:
    found = cluster.api(place).get(f"/api/v1/namespaces/{NAMESPACE}/secrets", deadline=10).items()
    return {one.text("metadata", "name"): base64.b64decode(one.text("data", "value")).decode() for one in found}


def key_of(cluster: Cluster, name: str) -> str:
    """The name of the key under which etcd holds a Secret, asked of etcd itself."""
    found = json.loads(etcdctl(cluster.machines, "cp1", "get", "-w", "json", f"/registry/secrets/{NAMESPACE}/{name}"))
    return base64.b64decode(found["kvs"][0]["value"]).split(b":")[4].decode()


@pytest.mark.drill
def test_the_encryption_key_is_rotated_and_no_object_needs_the_former_one(
    cluster: Cluster, recording: Recording
) -> None:
    values, stack = make_secrets(cluster), cluster.stack
    former = key_of(cluster, "s1")
    with recording.drill("encryption-key", title="Encryption key rotated", group=GROUP) as running:
        running.rewritten = True
        file = ("--config-file", str(stack.settings_file))
        done = stack.operation("encryption", "rotate", "--all", "--yes", *file).good()
        running.wait_for_writes(seconds=10)
        running.figure(Figure(name="longest gap", value=round(running.gap(running.begun), 3)))
        running.figure(Figure(name="whole rotation", value=round(done.seconds, 1)))
    assert not running.finished.service.failed_for_good, running.finished.service.reasons
    assert former not in {key_of(cluster, name) for name in values}
    status = stack.operation("encryption", "status").good().output
    assert former not in status, "every node has forgotten the key, and no object needs it"
    for place in cluster.site.servers:
        assert read_secrets(cluster, place) == values, place.name
    stack.preview("--expect-no-changes").good()
