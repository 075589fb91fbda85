"""etcd members on Flatcar by Ignition; etcd runs in Docker and reads its options from the environment."""

import json
from urllib.parse import quote

from tests.policy.foreign.case import Pair
from tests.policy.foreign.parts import members
from tests.policy.foreign.parts.members import Member
from tests.policy.foreign.parts.setup import ETCD

IMAGE = f"quay.io/coreos/etcd:v{ETCD}"
FETCH = """\
[Unit]
Description=Certificates of this member
[Service]
Type=oneshot
RemainAfterExit=true
ExecStart=/opt/bin/fetch-certificates
[Install]
RequiredBy=etcd-member.service
"""
MOUNT = """\
[Mount]
What=/dev/disk/by-label/etcd
Where=/var/lib/etcd
Type=ext4
[Install]
RequiredBy=etcd-member.service
"""
TIMER = "[Timer]\nOnCalendar=hourly\n[Install]\nWantedBy=timers.target\n"
SNAPSHOT = "[Service]\nType=oneshot\nExecStart=/opt/bin/etcd-snapshot\n"


def unit(options: dict[str, str]) -> str:
    """The member's unit: several variables stand in one line, as systemd allows."""
    names = {f"ETCD_{name.upper().replace('-', '_')}": value for name, value in options.items()}
    pairs = [f'"{name}={value}"' for name, value in names.items()]
    passed = " ".join(f"--env {name}" for name in names)
    lines = "\n".join(f"Environment={' '.join(pairs[n : n + 3])}" for n in range(0, len(pairs), 3))
    return f"""\
[Unit]
Description=etcd (System Container)
Requires=docker.service
[Service]
{lines}
ExecStartPre=-/usr/bin/docker rm -f etcd
ExecStart=/usr/bin/docker run --name etcd --network host {passed} \\
  --volume /var/lib/etcd:/var/lib/etcd:rw --volume /etc/etcd/pki:/etc/etcd/pki:ro {IMAGE} etcd
Restart=on-failure
[Install]
WantedBy=multi-user.target
"""


def file(path: str, text: str) -> dict[str, object]:
    """A file whose text travels as a data URL."""
    return {"path": path, "mode": 0o755, "contents": {"source": f"data:,{quote(text)}"}}


def ignition(options: dict[str, str], bucket: str, cluster: str) -> str:
    """User data of one member."""
    save = (
        "#!/bin/sh -eu\n"
        "docker exec etcd etcdctl --endpoints=https://127.0.0.1:2379 --cacert=/etc/etcd/pki/ca.crt"
        " --cert=/etc/etcd/pki/server.crt --key=/etc/etcd/pki/server.key snapshot save /var/lib/etcd/now.db\n"
        f"aws s3 mv /var/lib/etcd/now.db s3://{bucket}/{cluster}/$(hostname)/$(date +%s).db\n"
    )
    units: list[dict[str, object]] = [
        {"name": "docker.service", "enabled": True},
        {"name": "systemd-timesyncd.service", "enabled": True},
        {"name": "fetch-certificates.service", "enabled": True, "contents": FETCH},
        {"name": "var-lib-etcd.mount", "enabled": True, "contents": MOUNT},
        {"name": "etcd-member.service", "enabled": True, "contents": unit(options)},
        {"name": "etcd-snapshot.service", "contents": SNAPSHOT},
        {"name": "etcd-snapshot.timer", "enabled": True, "contents": TIMER},
    ]
    disk = {"device": "/dev/nvme1n1", "format": "ext4", "label": "etcd", "wipeFilesystem": False}
    fetch = file("/opt/bin/fetch-certificates", "#!/bin/sh\n" + members.fetch(cluster))
    return json.dumps(
        {
            "ignition": {"version": "3.4.0"},
            "storage": {"filesystems": [disk], "files": [fetch, file("/opt/bin/etcd-snapshot", save)]},
            "systemd": {"units": units},
        }
    )


def configured(member: Member, everyone: tuple[Member, ...], *, bad: bool) -> dict[str, str]:
    """The member's options; with the fault it serves clients without TLS."""
    options = members.options(member, everyone, "typhoon-east")
    if bad:
        plain = f"http://{member.address}:2379"
        options |= {"listen-client-urls": plain, "advertise-client-urls": plain}
    return options


def program(*, bad: bool) -> None:
    """Three members; with the fault their client URLs are plain http."""
    place = members.around("east", "10.41.0.0/16")
    everyone = members.trio(place.home)
    for n, member in enumerate(everyone):
        place.machine(n, member, text=ignition(configured(member, everyone, bad=bad), place.bucket, "east"))


PAIR = Pair(
    name="ignition-plain-http",
    program=program,
    idea="etcd serves its clients over http, without TLS",
    expected=frozenset({"P09", "P10"}),
)
