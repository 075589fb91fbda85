"""etcd members on Flatcar whose unit takes the member's name from the machine's host name."""

import json
from urllib.parse import quote

from tests.policy.foreign.case import Alone
from tests.policy.foreign.parts import members
from tests.policy.foreign.parts.members import Member
from tests.policy.foreign.planes.ignition_plain_http import FETCH, MOUNT, SNAPSHOT, TIMER, file


def unit(member: Member, everyone: tuple[Member, ...]) -> str:
    """etcd's own flags in the unit; `%H` is the host name."""
    options = members.options(member, everyone, "tide-token") | {"name": "%H"}
    text = members.unit(options)
    return text.replace("/usr/local/bin/etcd", "/opt/bin/etcd").replace("Description=etcd", "Description=etcd on %H")


def ignition(member: Member, everyone: tuple[Member, ...], bucket: str) -> str:
    """User data of one member."""
    save = (
        "#!/bin/bash\nset -e\nexport ETCDCTL_ENDPOINTS=https://127.0.0.1:2379\n"
        f"etcdctl --cacert {members.PKI}/ca.crt --cert {members.PKI}/server.crt --key {members.PKI}/server.key"
        f" snapshot save /tmp/now.db\naws s3 cp /tmp/now.db s3://{bucket}/tide/$HOSTNAME/now.db\n"
    )
    name = {"path": "/etc/hostname", "mode": 0o644, "contents": {"source": f"data:,{quote(member.name)}"}}
    disk = {"device": "/dev/nvme1n1", "format": "ext4", "label": "etcd", "wipeFilesystem": False}
    units: list[dict[str, object]] = [
        {"name": "systemd-timesyncd.service", "enabled": True},
        {"name": "fetch-certificates.service", "enabled": True, "contents": FETCH},
        {"name": "var-lib-etcd.mount", "enabled": True, "contents": MOUNT},
        {"name": "etcd.service", "enabled": True, "contents": unit(member, everyone)},
        {"name": "etcd-snapshot.service", "contents": SNAPSHOT},
        {"name": "etcd-snapshot.timer", "enabled": True, "contents": TIMER},
    ]
    files = [name, file("/opt/bin/fetch-certificates", "#!/bin/sh\n" + members.fetch("tide"))]
    files.append(file("/opt/bin/etcd-snapshot", save))
    return json.dumps(
        {
            "ignition": {"version": "3.3.0"},
            "storage": {"filesystems": [disk], "files": files},
            "systemd": {"units": units},
        },
        indent=1,
    )


def program() -> None:
    """Three members."""
    place = members.around("tide", "10.71.0.0/16")
    everyone = members.trio(place.home)
    for n, member in enumerate(everyone):
        place.machine(n, member, text=ignition(member, everyone, place.bucket))


ALONE = Alone(name="flatcar-host-names", program=program, idea="members named by their host name are all different")
