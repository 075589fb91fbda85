"""etcd members whose faults are around them: a balancer in front, and how snapshots are taken."""

import pulumi_aws as aws

from tests.policy.foreign.case import Pair
from tests.policy.foreign.parts import members, setup

UNVERIFIED = "etcdctl --insecure-skip-tls-verify --endpoints"


def build(name: str, *, unverified: bool = False) -> tuple[members.Around, list[aws.ec2.Instance]]:
    """Three members that read their options from a file of variables. `unverified`: snapshots trust any server."""
    place = members.around(name, "10.47.0.0/16")
    everyone = members.trio(place.home)
    machines = []
    for n, member in enumerate(everyone):
        options = members.options(member, everyone, name)
        variables = "".join(f'ETCD_{key.upper().replace("-", "_")}="{value}"\n' for key, value in options.items())
        unit = "[Service]\nType=notify\nEnvironmentFile=/etc/default/etcd\nExecStart=/usr/local/bin/etcd\n"
        snapshots = members.snapshots(place.bucket, name)
        if unverified:
            snapshots = snapshots.replace("etcdctl --endpoints", UNVERIFIED)
        start = (
            f"cat > /etc/default/etcd <<'EOF'\n{variables}EOF\n"
            f"cat > /etc/systemd/system/etcd.service <<'EOF'\n{unit}EOF\nsystemctl enable --now etcd\n"
        )
        steps = [members.DOWNLOAD, setup.etcd_disk(), members.fetch(name), start, snapshots]
        machines.append(place.machine(n, member, text="#!/bin/bash\nset -e\n" + "".join(steps)))
    return place, machines


def front(place: members.Around, machines: list[aws.ec2.Instance]) -> None:
    """An internal balancer for etcd's clients."""
    balancer = aws.lb.LoadBalancer(
        "etcd-front",
        load_balancer_type="network",
        internal=True,
        subnets=[subnet.id for subnet in place.home.subnets],
        enable_deletion_protection=True,
    )
    group = aws.lb.TargetGroup("etcd-front", vpc_id=place.home.vpc.id, port=2379, protocol="TCP")
    forward = aws.lb.ListenerDefaultActionArgs(type="forward", target_group_arn=group.arn)
    aws.lb.Listener("etcd-front", load_balancer_arn=balancer.arn, port=2379, protocol="TCP", default_actions=[forward])
    for n, machine in enumerate(machines):
        aws.lb.TargetGroupAttachment(f"etcd-front-{n}", target_group_arn=group.arn, target_id=machine.id)


def balanced(*, bad: bool) -> None:
    """With the fault API servers reach etcd through a balancer."""
    place, machines = build("pond")
    if bad:
        front(place, machines)


def unverified(*, bad: bool) -> None:
    """With the fault a snapshot is taken from any server that answers."""
    build("weir", unverified=bad)


PAIRS = (
    Pair(
        name="balancer-before-etcd",
        program=balanced,
        idea="a load balancer in front of etcd hides which member answers",
        expected=frozenset({"P14"}),
        changed=6,
    ),
    Pair(
        name="snapshot-unverified",
        program=unverified,
        idea="the snapshot is taken without checking the server's certificate",
        expected=frozenset({"P79", "P100"}),
    ),
)
