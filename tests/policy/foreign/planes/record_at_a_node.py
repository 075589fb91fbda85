"""kubeadm with a zone of its own; the API's record is relative to it."""

import pulumi_aws as aws

from tests.policy.foreign.case import Pair
from tests.policy.foreign.parts import clouds, setup, store
from tests.policy.foreign.parts.kubeadm import Kubeadm, files, here_documents
from tests.policy.foreign.parts.texts import as_yaml

NAME, BUCKET, ZONE = "reed", "acme-reed-snapshots", "reed.acme.example"


def program(*, bad: bool) -> None:
    """Three nodes; with the fault the API's name leads to the first of them."""
    home = clouds.network(NAME, "10.56.0.0/16")
    store.bucket(BUCKET)
    profile = clouds.role(NAME, BUCKET)
    group = clouds.node_group("reed-nodes", home)
    zone = aws.route53.Zone(NAME, name=ZONE, vpcs=[aws.route53.ZoneVpcArgs(vpc_id=home.vpc.id)])
    front = clouds.balancer("reed-api", home)
    cluster = Kubeadm(name=NAME, endpoint=f"api.{ZONE}:6443")
    nodes = []
    for n in range(3):
        run = [setup.HOST, setup.packages(), setup.etcd_disk(), setup.keys(NAME), here_documents(files(n, cluster))]
        run += [cluster.command(n), setup.backup(BUCKET, NAME)]
        text = "#cloud-config\n" + as_yaml({"runcmd": run})
        node = clouds.machine(f"reed-{n}", n, home, group, text=text, profile=profile.name)
        clouds.etcd_volume(f"reed-{n}", node, clouds.ZONES[n])
        nodes.append(node)
    clouds.attach(NAME, front, nodes)
    if bad:
        aws.route53.Record("api", zone_id=zone.zone_id, name="api", type="A", ttl=60, records=[nodes[0].private_ip])
    else:
        clouds.alias("api", front, zone.zone_id)
    for n, node in enumerate(nodes):
        aws.route53.Record(f"node-{n}", zone_id=zone.zone_id, name=f"n{n}", type="A", ttl=60, records=[node.private_ip])


PAIR = Pair(
    name="record-at-a-node",
    program=program,
    idea="the API's name leads to one node and dies with it",
    expected=frozenset({"P32", "P20"}),
)
