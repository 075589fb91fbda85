"""kubeadm with stacked etcd by multi-part user data; the group's rules are resources of their own."""

import pulumi_aws as aws

from tests.policy.foreign.case import Pair
from tests.policy.foreign.parts import clouds, setup, store
from tests.policy.foreign.parts.clouds import Network
from tests.policy.foreign.parts.kubeadm import Kubeadm, files
from tests.policy.foreign.parts.texts import as_yaml, written

NAME, BUCKET, ENDPOINT = "mime", "acme-mime-snapshots", "api.mime.acme.example"
HALVES = ["0.0.0.0/1", "128.0.0.0/1"]


def multi_part(number: int, cluster: Kubeadm) -> str:
    """User data of one node. The version stands behind the content's type, as some tools write it."""
    files_part = as_yaml({"write_files": written(files(number, cluster))})
    run = [setup.HOST, setup.packages(), setup.etcd_disk(), setup.keys(NAME), cluster.command(number)]
    script = "#!/bin/bash\n" + "\n".join([*run, setup.backup(BUCKET, NAME)])
    parts = [
        ("text/cloud-config", "files.yaml", "#cloud-config\n" + files_part),
        ("text/x-shellscript", "setup.sh", script),
    ]
    head = 'Content-Type: multipart/mixed; boundary="==PARTS=="\nMIME-Version: 1.0\n\n'
    body = "".join(
        f"--==PARTS==\nContent-Disposition: attachment; filename={file}\nContent-Transfer-Encoding: 7bit\n"
        f'Content-Type: {kind}; charset="us-ascii"\n\n{text}\n'
        for kind, file, text in parts
    )
    return f"{head}{body}--==PARTS==--\n"


def group(home: Network, api_from: list[str]) -> aws.ec2.SecurityGroup:
    """A group without inline rules."""
    made = aws.ec2.SecurityGroup("mime-controllers", vpc_id=home.vpc.id)
    for n, cidr in enumerate(api_from):
        aws.vpc.SecurityGroupIngressRule(
            f"mime-api-{n}", security_group_id=made.id, ip_protocol="tcp", from_port=6443, to_port=6443, cidr_ipv4=cidr
        )
    for name, first, last in (("etcd", 2379, 2380), ("kubelet", 10250, 10250)):
        aws.vpc.SecurityGroupIngressRule(
            f"mime-{name}",
            security_group_id=made.id,
            ip_protocol="tcp",
            from_port=first,
            to_port=last,
            referenced_security_group_id=made.id,
        )
    aws.vpc.SecurityGroupEgressRule("mime-out", security_group_id=made.id, ip_protocol="-1", cidr_ipv4="0.0.0.0/0")
    return made


def program(*, bad: bool) -> None:
    """Three nodes; with the fault the API is open to the world, which is written as two halves."""
    home = clouds.network(NAME, "10.33.0.0/16")
    cluster = Kubeadm(name=NAME, endpoint=f"{ENDPOINT}:6443")
    nodes = group(home, HALVES if bad else [home.cidr, "10.8.0.0/16"])
    store.bucket(BUCKET)
    profile = clouds.role(NAME, BUCKET)
    front = clouds.balancer("mime-api", home)
    clouds.alias(ENDPOINT, front)
    machines = []
    for n in range(3):
        made = clouds.machine(f"mime-{n}", n, home, nodes, text=multi_part(n, cluster), profile=profile.name)
        clouds.etcd_volume(f"mime-{n}-etcd", made, clouds.ZONES[n])
        machines.append(made)
    clouds.attach("mime", front, machines)


PAIR = Pair(
    name="mime-world-in-halves",
    program=program,
    idea="port 6443 is open to 0.0.0.0/1 and 128.0.0.0/1, which together are the world",
    expected=frozenset({"P33", "P34"}),
)
