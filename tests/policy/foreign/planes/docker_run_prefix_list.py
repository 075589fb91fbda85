"""etcd members by `docker run`; the group's rules are resources of their own and one names a prefix list."""

import pulumi_aws as aws

from tests.policy.foreign.case import Pair
from tests.policy.foreign.parts import clouds, members, setup, store
from tests.policy.foreign.parts.members import Member

NAME, BUCKET = "dock", "acme-dock-etcd"


def script(member: Member, everyone: tuple[Member, ...]) -> str:
    """User data of one member."""
    options = members.options(member, everyone, NAME) | {"data-dir": "/etcd-data"}
    flags = " ".join(f"--{name} {value}" for name, value in options.items() if not name.endswith("client-cert-auth"))
    return f"""#!/bin/bash -eu
{members.DOWNLOAD}apt-get install -y docker.io
{setup.etcd_disk()}{members.fetch(NAME)}
docker run --detach --restart=always --net=host --name etcd \\
  -v /var/lib/etcd:/etcd-data -v {members.PKI}:{members.PKI}:ro \\
  registry.k8s.io/etcd:{setup.ETCD}-0 \\
  /usr/local/bin/etcd {flags} --client-cert-auth --peer-client-cert-auth
{members.snapshots(BUCKET, NAME)}"""


def program(*, bad: bool) -> None:
    """Three members; with the fault 2379 is open to a prefix list that holds every IPv6 address in use."""
    home = clouds.network(NAME, "10.45.0.0/16")
    servers = aws.ec2.SecurityGroup("dock-api", vpc_id=home.vpc.id, description="API servers")
    group = aws.ec2.SecurityGroup("dock-etcd", vpc_id=home.vpc.id, description="etcd members")
    partners = aws.ec2.ManagedPrefixList(
        "partners",
        name="partners",
        address_family="IPv6",
        max_entries=5,
        entries=[aws.ec2.ManagedPrefixListEntryArgs(cidr="2000::/3", description="everyone")],
    )
    aws.ec2.SecurityGroupRule(
        "peers", type="ingress", security_group_id=group.id, protocol="6", from_port=2379, to_port=2380, self=True
    )
    aws.ec2.SecurityGroupRule(
        "clients",
        type="ingress",
        security_group_id=group.id,
        protocol="6",
        from_port=2379,
        to_port=2379,
        source_security_group_id=None if bad else servers.id,
        prefix_list_ids=[partners.id] if bad else None,
    )
    store.bucket(BUCKET)
    profile = clouds.role(NAME, BUCKET)
    everyone = members.trio(home)
    for n, member in enumerate(everyone):
        text = script(member, everyone)
        made = clouds.machine(member.name, n, home, group, text=text, profile=profile.name)
        clouds.etcd_volume(f"{member.name}-data", made, clouds.ZONES[n])


PAIR = Pair(
    name="docker-run-etcd-open-by-prefix-list",
    program=program,
    idea="etcd's client port is open to a prefix list that holds 2000::/3",
    expected=frozenset({"P13", "P34"}),
)
