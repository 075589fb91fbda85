"""What instances on AWS get: user data that never changes, a volume, a schedule, and the same documents as any host."""

import base64
import hashlib
import json
import random
from pathlib import Path

import pytest
import yaml

import documents
from agent.system import own_archive
from documents import CertificateFile, SecretFile, backup
from documents.shipping import LARGEST_SECRET, Issued, documents_object, secret_text
from documents.user_data import LARGEST, PLACE, PROGRAM, user_data
from plan import Plan, make
from plan.loading.configuration import read
from plan.loading.presets import merged

# Of the user data of cp1 in the environment below. It is compared by AWS's provider: another digest replaces every
# instance of every environment once, one after the other (about two minutes each, none of them an outage).
KNOWN = "7dc13201d4009cb9960ba819050b5d9b05956e405deb9a839cd1a33a5d007ea1"
CONTACT = (Path(__file__).parents[3] / "agent/aws/client.py").read_text()
NORTH: dict[str, object] = {
    "preset": "dev",
    "kind": "aws",
    "cluster": "north",
    "aws": {"account": "123456789012", "region": "eu-west-1", "dns": {"domain": "example.internal"}},
}
LONG_KEY, LONG_CERTIFICATE = 300, 2_600  # bytes in PEM: of ECDSA-P384, signed by one's own RSA-4096 authority


def plan(*changes: dict[str, object]) -> Plan:
    settings = NORTH
    for change in changes:
        settings = merged(settings, change)
    return make(read(settings))


def texts(found: Plan, node: int = 0) -> dict[str, str]:
    return {file.path: file.content for file in documents.files(found, found.nodes[node])}


def test_user_data_is_a_cloud_config_that_says_who_the_node_is_and_starts_the_timer() -> None:
    found = plan()
    text = user_data(found, found.nodes[1], contact=CONTACT)
    assert text.startswith("#cloud-config\n")
    parsed = yaml.safe_load(text)
    files = {file["path"]: file["content"] for file in parsed["write_files"]}
    assert json.loads(files[PLACE]) == {
        "region": "eu-west-1",
        "bucket": "north-123456789012-eu-west-1-files",
        "node": "cp2",
        "secret": "quorate/north/cp2",
        "documents": "nodes/cp2/documents.json",
        "begun": "nodes/cp2/begun",
        "convergence": "nodes/cp2/convergence.json",
    }
    assert files[PROGRAM] == CONTACT
    assert ["systemctl", "enable", "--now", "quorate.timer"] in parsed["runcmd"]
    assert ["systemctl", "start", "--no-block", "quorate.service"] in parsed["runcmd"]
    assert len(text.encode()) < LARGEST * 3 / 4


def test_the_user_data_is_frozen_because_a_change_replaces_every_running_instance() -> None:
    found = plan()
    text = user_data(found, found.nodes[0], contact=CONTACT)
    digest = hashlib.sha256(text.encode()).hexdigest()
    assert digest == KNOWN, f"if the change is worth replacing all instances, set KNOWN to {digest}"


@pytest.mark.parametrize(
    "change",
    [
        {"certificates": {"leafHours": 2_000, "algorithm": "ECDSA-P384"}},
        {"controlPlane": {"kubernetesVersion": "1.35.2", "audit": {"maxAgeDays": 90}}},
        {"members": 7},
        {"etcd": {"heartbeatMs": 150, "electionMs": 1_500}},
        {"aws": {"network": {"egress": "nat-per-zone"}, "backups": {"everyHours": 1, "bucket": "another-bucket"}}},
        {"artifacts": {"source": "store", "store": "s3://programs/1", "manifest": "manifest.json"}},
    ],
)
def test_no_setting_that_a_node_can_take_in_changes_its_user_data(change: dict[str, object]) -> None:
    before, after = plan(), plan(change)
    assert user_data(before, before.nodes[0], contact="") == user_data(after, after.nodes[0], contact="")


def test_a_node_on_aws_has_its_volume_and_neither_balancer_nor_keepalived() -> None:
    found = texts(plan())
    assert "What=/dev/disk/by-label/quorate-etcd" in found["/etc/systemd/system/var-lib-etcd.mount"]
    assert "RequiresMountsFor=/var/lib/etcd" in found["/etc/systemd/system/etcd.service"]
    assert not [path for path in found if "haproxy" in path or "keepalived" in path or "nginx" in path]
    assert "server 169.254.169.123" in found["/etc/chrony/conf.d/quorate.conf"]


def test_a_node_on_aws_is_a_whole_machine() -> None:
    kubeadm = texts(plan())["/etc/kubernetes/quorate/kubeadm.yaml"]
    assert "controlPlaneEndpoint: api.north.example.internal:6443" in kubeadm
    assert "cgroupDriver: systemd" in kubeadm
    assert "topology.kubernetes.io/zone=eu-west-1a" in kubeadm


@pytest.mark.parametrize("members", [3, 5, 7])
@pytest.mark.parametrize("hours", [1, 6, 24])
def test_nodes_take_turns_with_their_snapshots(members: int, hours: int) -> None:
    found = plan({"members": members, "aws": {"backups": {"everyHours": hours}}})
    calendars = [
        line
        for node in range(members)
        for line in texts(found, node)["/etc/systemd/system/quorate-backup.timer"].splitlines()
        if line.startswith("OnCalendar=")
    ]
    assert len(set(calendars)) == members
    assert all(f"/{hours}:" in calendar for calendar in calendars)


def test_the_agent_is_told_where_snapshots_go() -> None:
    found = plan()
    told = json.loads(documents.manifest(found, found.nodes[2]))["backups"]
    assert told == {"bucket": "north-123456789012-eu-west-1-etcd", "prefix": "snapshots/cp3/"}
    assert told == backup.destination(found, found.nodes[2])


def test_on_ones_own_hosts_snapshots_go_into_a_folder_by_the_agents_own_copy_and_in_turns() -> None:
    backups = {"everyHours": 12, "directory": "/srv/snapshots", "keep": 5, "send": ["rclone", "copy-files"]}
    local = make(read({"preset": "local", "backups": backups}))
    assert json.loads(documents.manifest(local, local.nodes[0]))["backups"] == backups
    services = {texts(local, number)["/etc/systemd/system/quorate-backup.service"] for number in range(3)}
    assert len(services) == 1
    assert f"ExecStart=/usr/bin/python3 {own_archive.PLACE} backup\n" in services.pop()
    timers = [texts(local, number)["/etc/systemd/system/quorate-backup.timer"] for number in range(3)]
    for hour, timer in zip((0, 4, 8), timers, strict=True):
        assert f"OnCalendar=*-*-* {hour:02}/12:00:00\n" in timer


def issued(found: Plan, key: int, certificate: int) -> dict[str, Issued]:
    """Files as large as they get, with text that cannot be compressed below its own randomness."""
    rng = random.Random(1)  # noqa: S311 - text that looks like keys, not keys

    def text(size: int) -> str:
        return base64.b64encode(rng.randbytes(size * 3 // 4)).decode()

    authority = text(certificate)
    result = {}
    node = found.nodes[0]
    files: list[CertificateFile | SecretFile] = []
    files += documents.certificate_files(found, node)
    files += documents.secret_files(found, node)
    for file in files:
        if file.path.endswith(".conf"):
            inside = [authority, text(certificate), text(key)]
            content = "".join(base64.b64encode(part.encode()).decode() for part in inside)
        else:
            content = text(key if file.path.endswith(".key") else certificate)
        result[file.path] = Issued(path=file.path, mode=0o600, step=file.step, content=content, secret=True)
    return result


def test_certificates_and_keys_of_the_longest_accepted_algorithm_fit_into_one_secret() -> None:
    text = secret_text(documents_text="", agent="0" * 64, issued=issued(plan(), LONG_KEY, LONG_CERTIFICATE))
    assert len(text) < LARGEST_SECRET


def test_a_secret_that_is_too_large_is_refused_before_secrets_manager_does() -> None:
    with pytest.raises(ValueError, match="ECDSA-P256"):
        secret_text(documents_text="", agent="0" * 64, issued=issued(plan(), 8_000, 8_000))


def test_the_same_plan_makes_the_same_object_and_the_same_secret() -> None:
    one, other = plan(), plan()
    objects = [
        documents_object(manifest=documents.manifest(p, p.nodes[0]), files=documents.files(p, p.nodes[0]))
        for p in (one, other)
    ]
    assert objects[0] == objects[1]
    secrets = [secret_text(documents_text=objects[0], agent="a", issued=issued(p, 300, 900)) for p in (one, other)]
    assert secrets[0] == secrets[1]
