"""etcd, API server, controller manager and scheduler as units; etcd's variables in a file, all of it in base64."""

from collections.abc import Sequence

import yaml

from tests.policy.foreign.case import Pair
from tests.policy.foreign.parts import clouds, members, setup, store, units
from tests.policy.foreign.parts.hosts import Host
from tests.policy.foreign.parts.kubeadm import AUDIT, ENCRYPTION
from tests.policy.foreign.parts.members import Member
from tests.policy.foreign.parts.texts import written_as_base64

BUCKET = "acme-mill-etcd"
UNIT = """\
[Unit]
Description=etcd
[Service]
Type=notify
EnvironmentFile=/etc/etcd/etcd.env
ExecStart=/usr/local/bin/etcd
Restart=always
[Install]
WantedBy=multi-user.target
"""


def variables(member: Member, listed: Sequence[Member]) -> str:
    """etcd's options as its variables."""
    flags = members.options(member, tuple(listed), "mill")
    return "".join(f"ETCD_{name.upper().replace('-', '_')}={value}\n" for name, value in flags.items())


def cloud_config(member: Member, everyone: Sequence[Member], listed: Sequence[Member]) -> str:
    """User data of one node."""
    hosts = [Host(m.name, m.address) for m in everyone]
    me = next(host for host in hosts if host.name == member.name)
    programs = {
        "kube-apiserver": units.api_server(me, hosts, "api.mill.acme.example"),
        "kube-controller-manager": units.controllers("mill"),
        "kube-scheduler": units.scheduler(),
    }
    files = {f"/etc/systemd/system/{name}.service": units.service(name, flags) for name, flags in programs.items()}
    files |= {
        "/etc/etcd/etcd.env": variables(member, listed),
        "/etc/systemd/system/etcd.service": UNIT,
        f"{units.ETC}/encryption.yaml": ENCRYPTION,
        f"{units.ETC}/audit.yaml": AUDIT,
        "/opt/setup.sh": "#!/bin/bash\nset -eu\n" + setup.HOST + members.DOWNLOAD + setup.etcd_disk()
        + members.fetch("mill") + members.snapshots(BUCKET, "mill") + "systemctl enable --now etcd kube-apiserver\n",
    }  # fmt: skip
    document = {"write_files": written_as_base64(files), "runcmd": [["bash", "/opt/setup.sh"]]}
    return "#cloud-config\n" + yaml.safe_dump(document)


def program(*, bad: bool) -> None:
    """Three nodes; with the fault the list of members grows in the loop, so that the first node's is only itself."""
    home = clouds.network("mill", "10.46.0.0/16")
    store.bucket(BUCKET)
    group, profile = clouds.node_group("mill", home), clouds.role("mill", BUCKET)
    everyone, machines = members.trio(home), []
    for n, member in enumerate(everyone):
        text = cloud_config(member, everyone, everyone[: n + 1] if bad else everyone)
        machine = clouds.machine(member.name, n, home, group, text=text, profile=profile.name)
        clouds.etcd_volume(f"{member.name}-etcd", machine, clouds.ZONES[n])
        machines.append(machine)
    # The zone of the API's name belongs to another stack.
    clouds.attach("mill", clouds.balancer("mill", home), machines)


PAIR = Pair(
    name="units-growing-member-list",
    program=program,
    idea="two members are started with lists that lack the machines after them",
    expected=frozenset({"P07"}),
)
