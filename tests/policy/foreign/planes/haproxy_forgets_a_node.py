"""kubeadm with external etcd on AWS, behind two HAProxy machines whose addresses are both in one record."""

import pulumi_aws as aws

from tests.policy.foreign.case import Pair
from tests.policy.foreign.parts import clouds, external, setup
from tests.policy.foreign.parts.kubeadm import Kubeadm, files, here_documents

ENDPOINT = "kube.lock.acme.example"
HAPROXY = """\
#cloud-config
packages: [haproxy, chrony]
write_files:
  - path: /etc/haproxy/haproxy.cfg
    content: |
      global
        log /dev/log local0
      defaults
        mode tcp
        timeout connect 5s
        timeout client 4h
        timeout server 4h
      frontend kube
        bind *:6443
        default_backend masters
      backend masters
        balance roundrobin
        option httpchk GET /readyz
        http-check expect status 200
        default-server check check-ssl verify none inter 3s fall 3 rise 2
{servers}
runcmd:
  - systemctl enable --now haproxy chrony
"""


def program(*, bad: bool) -> None:
    """Three members, three nodes, two balancers; with the fault the third node was not added to the balancers."""
    made = external.made("lock", "10.47.0.0/16")
    home = made.place.home
    cluster = Kubeadm(name="lock", endpoint=f"{ENDPOINT}:6443", etcd=made.etcd())
    nodes = [home.address(n) for n in range(10, 13)]
    for n in range(3):
        steps = [setup.HOST, setup.packages(), setup.keys("lock"), here_documents(files(n, cluster))]
        text = "#!/bin/bash\nset -e\n" + "".join([*steps, cluster.command(n)]) + "\n"
        clouds.machine(f"plane-{n}", n + 10, home, made.place.clients, text=text, profile=made.place.profile.name)
    listed = nodes[:2] if bad else nodes
    servers = "\n".join(f"        server plane-{n} {address}:6443" for n, address in enumerate(listed))
    edges = aws.ec2.SecurityGroup("edges", vpc_id=home.vpc.id, ingress=[clouds.rule(6443, cidrs=[home.cidr])])
    fronts = [clouds.machine(f"edge-{n}", n + 20, home, edges, text=HAPROXY.format(servers=servers)) for n in range(2)]
    addresses = [front.private_ip for front in fronts]
    aws.route53.Record("kube", zone_id="Z0F0RE1GN", name=ENDPOINT, type="A", ttl=30, records=addresses)


PAIR = Pair(
    name="haproxy-forgets-a-node",
    program=program,
    idea="an API server is behind none of the balancers",
    expected=frozenset({"P21"}),
)
