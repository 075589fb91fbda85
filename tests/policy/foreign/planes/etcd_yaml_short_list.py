"""etcd members by etcd's own configuration file."""

import json

from tests.policy.foreign.case import Pair
from tests.policy.foreign.parts import members
from tests.policy.foreign.parts.members import Member
from tests.policy.foreign.parts.setup import etcd_disk
from tests.policy.foreign.parts.texts import as_yaml, written

UNIT = """\
[Unit]
Description=etcd
[Service]
Type=notify
ExecStart=/usr/local/bin/etcd --config-file /etc/etcd/etcd.conf.yml
Restart=always
[Install]
WantedBy=multi-user.target
"""


def configuration(member: Member, everyone: tuple[Member, ...]) -> str:
    """etcd's file, with its sections for transport security."""
    flat = members.options(member, everyone, "delta")
    names = ["name", "data-dir", "listen-peer-urls", "listen-client-urls", "initial-advertise-peer-urls"]
    names += ["advertise-client-urls", "initial-cluster", "initial-cluster-state", "initial-cluster-token"]
    document: dict[str, object] = {name: flat[name] for name in names}
    for section, prefix in (("client-transport-security", ""), ("peer-transport-security", "peer-")):
        document[section] = {
            "cert-file": flat[f"{prefix}cert-file"],
            "key-file": flat[f"{prefix}key-file"],
            "trusted-ca-file": flat[f"{prefix}trusted-ca-file"],
            "client-cert-auth": True,
        }
    return as_yaml({**document, "auto-compaction-mode": "periodic", "auto-compaction-retention": "8h"})


def cloud_config(member: Member, everyone: tuple[Member, ...], bucket: str) -> str:
    """User data of one member, as JSON, which is YAML too."""
    files = {
        "/etc/etcd/etcd.conf.yml": configuration(member, everyone),
        "/etc/systemd/system/etcd.service": UNIT,
    }
    run = [members.DOWNLOAD, etcd_disk(), members.fetch("delta"), "systemctl enable --now etcd"]
    run.append(members.snapshots(bucket, "delta"))
    return "#cloud-config\n" + json.dumps({"write_files": written(files), "runcmd": run})


def program(*, bad: bool) -> None:
    """Three members; with the fault the last one's list leaves out the second."""
    place = members.around("delta", "10.43.0.0/16")
    everyone = members.trio(place.home)
    for n, member in enumerate(everyone):
        listed = (everyone[0], everyone[2]) if bad and n == 2 else everyone
        place.machine(n, member, text=cloud_config(member, listed, place.bucket))


PAIR = Pair(
    name="etcd-yaml-short-list",
    program=program,
    idea="one member is started with a member list that leaves out another member",
    expected=frozenset({"P07"}),
)
