"""kubeadm behind a classic load balancer that lists its instances."""

import pulumi_aws as aws

from tests.policy.foreign.case import Pair
from tests.policy.foreign.parts import clouds, store
from tests.policy.foreign.parts.kubeadm import Kubeadm
from tests.policy.foreign.parts.scripts import shell

NAME, BUCKET, ENDPOINT = "elm", "acme-elm-snapshots", "api.elm.acme.example"


def program(*, bad: bool) -> None:
    """Three nodes; with the fault the balancer checks whether SSH is up."""
    home = clouds.network(NAME, "10.53.0.0/16")
    store.bucket(BUCKET)
    profile = clouds.role(NAME, BUCKET)
    group = clouds.node_group("elm-nodes", home)
    front_group = aws.ec2.SecurityGroup(
        "elm-front",
        vpc_id=home.vpc.id,
        ingress=[clouds.rule(6443, cidrs=["10.0.0.0/8"])],
        egress=[to_nodes(home.cidr)],
    )
    cluster = Kubeadm(name=NAME, endpoint=f"{ENDPOINT}:6443")
    nodes = []
    for n in range(3):
        text = shell(n, cluster, BUCKET)
        node = clouds.machine(f"elm-{n}", n, home, group, text=text, profile=profile.name)
        clouds.etcd_volume(f"elm-{n}", node, clouds.ZONES[n])
        nodes.append(node)
    front = aws.elb.LoadBalancer(
        NAME,
        internal=True,
        subnets=[subnet.id for subnet in home.subnets],
        security_groups=[front_group.id],
        instances=[node.id for node in nodes],
        cross_zone_load_balancing=True,
        idle_timeout=3600,
        listeners=[
            aws.elb.LoadBalancerListenerArgs(
                instance_port=6443, instance_protocol="TCP", lb_port=6443, lb_protocol="TCP"
            )
        ],
        health_check=aws.elb.LoadBalancerHealthCheckArgs(
            target="TCP:22" if bad else "HTTPS:6443/readyz",
            interval=10,
            timeout=5,
            healthy_threshold=2,
            unhealthy_threshold=2,
        ),
    )
    target = aws.route53.RecordAliasArgs(name=front.dns_name, zone_id=front.zone_id, evaluate_target_health=False)
    aws.route53.Record(NAME, zone_id="Z0F0RE1GN", name=f"{ENDPOINT}.", type="A", aliases=[target])


def to_nodes(cidr: str) -> aws.ec2.SecurityGroupEgressArgs:
    """From the balancer to the nodes."""
    return aws.ec2.SecurityGroupEgressArgs(protocol="tcp", from_port=6443, to_port=6443, cidr_blocks=[cidr])


PAIR = Pair(
    name="classic-balancer-checks-ssh",
    program=program,
    idea="the balancer checks port 22, so that a dead API server keeps its share of the requests",
    expected=frozenset({"P24", "P102"}),
)
