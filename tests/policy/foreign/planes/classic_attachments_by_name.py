"""kubeadm behind a classic load balancer; the attachments of its machines only write the balancer's name."""

import pulumi_aws as aws

from tests.policy.foreign.case import Pair
from tests.policy.foreign.parts import clouds, store
from tests.policy.foreign.parts.kubeadm import Kubeadm
from tests.policy.foreign.parts.scripts import shell

NAME, BUCKET, ENDPOINT = "yew", "acme-yew-snapshots", "api.yew.acme.example"
FRONT = "acme-yew-api"


def front(home: clouds.Network) -> aws.elb.LoadBalancer:
    """The API's balancer, without instances of its own."""
    return aws.elb.LoadBalancer(
        NAME,
        name=FRONT,
        internal=True,
        subnets=[subnet.id for subnet in home.subnets],
        cross_zone_load_balancing=True,
        idle_timeout=3600,
        listeners=[
            aws.elb.LoadBalancerListenerArgs(
                instance_port=6443, instance_protocol="TCP", lb_port=6443, lb_protocol="TCP"
            )
        ],
        health_check=aws.elb.LoadBalancerHealthCheckArgs(
            target="HTTPS:6443/readyz", interval=10, timeout=5, healthy_threshold=2, unhealthy_threshold=2
        ),
    )


def program(*, bad: bool) -> None:
    """Three nodes; with the fault only the first is behind the balancer."""
    home = clouds.network(NAME, "10.57.0.0/16")
    store.bucket(BUCKET)
    profile = clouds.role(NAME, BUCKET)
    group = clouds.node_group("yew-nodes", home)
    cluster = Kubeadm(name=NAME, endpoint=f"{ENDPOINT}:6443")
    balancer = front(home)
    for n in range(3):
        node = clouds.machine(f"yew-{n}", n, home, group, text=shell(n, cluster, BUCKET), profile=profile.name)
        clouds.etcd_volume(f"yew-{n}", node, clouds.ZONES[n])
        if n == 0 or not bad:
            aws.elb.Attachment(f"yew-{n}", elb=FRONT, instance=node.id)
    target = aws.route53.RecordAliasArgs(name=balancer.dns_name, zone_id=balancer.zone_id, evaluate_target_health=False)
    aws.route53.Record(NAME, zone_id="Z0F0RE1GN", name=f"{ENDPOINT}.", type="A", aliases=[target])


PAIR = Pair(
    name="classic-attachments-by-name",
    program=program,
    idea="only one of three control-plane nodes is attached, by the balancer's name",
    expected=frozenset({"P21"}),
)
