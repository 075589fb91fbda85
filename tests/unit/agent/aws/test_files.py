"""What reaches a node, what proves that it is meant for it, and who remembers that its member has begun."""

from pathlib import Path

import pytest

import documents
from agent.aws import begun, shipment
from agent.etcd.data import DataDirectory
from agent.model.events import Events
from agent.model.failure import Failed
from agent.model.wanted import read
from documents.shipping import Issued, documents_object, secret_text
from plan import make
from plan.loading.configuration import read as settings
from tests.unit.agent.aws.conftest import BUCKET, PLACE, SECRET, Cloud
from tests.unit.agent.place import Place
from workbench.mocks.aws import DEV

PLAN = make(settings(DEV))
DOCUMENTS = documents_object(
    manifest=documents.manifest(PLAN, PLAN.nodes[0]), files=documents.files(PLAN, PLAN.nodes[0])
)
KEY = "/etc/kubernetes/pki/apiserver.key"
ISSUED = {KEY: Issued(path=KEY, mode=0o600, step="control-plane", content="a key", secret=True)}


def publish(cloud: Cloud, *, documents: str = DOCUMENTS, named: str = DOCUMENTS) -> None:
    text = secret_text(documents_text=named, agent="0" * 64, issued=ISSUED)
    cloud.client("secretsmanager").ask("create_secret", Name=SECRET, SecretString=text)
    cloud.client("s3").ask("put_object", Bucket=BUCKET, Key=PLACE["documents"], Body=documents.encode())


def test_a_node_gets_the_plans_documents_and_what_was_issued_for_it(cloud: Cloud, tmp_path: Path) -> None:
    publish(cloud)
    shipment.fetch(cloud.aws(), tmp_path, may_begin=True)
    wanted = read(tmp_path)
    files = {file.path: file for file in wanted.files}
    assert wanted.may_begin
    assert wanted.manifest.member is not None
    assert (files[KEY].content(), files[KEY].mode, files[KEY].secret) == (b"a key", 0o600, True)
    assert not files["/etc/systemd/system/etcd.service"].secret
    assert {"system", "etcd", "kubelet", "control-plane", "backup"} <= {file.step for file in wanted.files}


def test_documents_that_the_secret_does_not_name_are_not_applied(cloud: Cloud, tmp_path: Path) -> None:
    publish(cloud, documents=DOCUMENTS.replace("--name=cp1", "--name=evil"))
    with pytest.raises(Failed, match="not those that its secret names"):
        shipment.fetch(cloud.aws(), tmp_path, may_begin=True)
    assert not list(tmp_path.iterdir())


def test_a_node_without_a_secret_says_so_and_changes_nothing(cloud: Cloud, tmp_path: Path) -> None:
    with pytest.raises(Failed, match="cannot be downloaded"):
        shipment.fetch(cloud.aws(), tmp_path, may_begin=True)
    assert not list(tmp_path.iterdir())


def test_a_member_that_was_recorded_counts_as_bootstrapped_even_with_an_empty_disk(cloud: Cloud) -> None:
    assert not begun.has_begun(cloud.aws())
    begun.note(cloud.aws())
    assert begun.has_begun(cloud.aws())


def test_another_nodes_note_says_nothing_of_this_one(cloud: Cloud) -> None:
    begun.note(cloud.aws(begun="nodes/cp1/begun-not"))
    assert not begun.has_begun(cloud.aws())


def test_a_bucket_that_cannot_be_asked_is_not_taken_for_a_first_start(cloud: Cloud) -> None:
    with pytest.raises(Failed, match="refusing to start etcd"):
        begun.has_begun(cloud.aws(bucket="somewhere-else"))


def test_no_member_begins_whose_beginning_cannot_be_noted(cloud: Cloud, place: Place) -> None:
    aws = cloud.aws(bucket="somewhere-else")
    heard: list[str] = []
    with pytest.raises(Failed, match="refusing to start etcd"):
        Events(heard.append, begun=lambda: begun.note(aws)).member_begun()
    assert not heard
    assert not DataDirectory(place.host).guarded()
