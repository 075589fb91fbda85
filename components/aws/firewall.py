"""Security groups, generated from the plan's port matrix: one rule for each opening, with its reason."""

from collections.abc import Sequence

import pulumi
from pulumi_aws import ec2, vpc

from components.aws.tags import tags
from plan import Plan, Port
from plan.aws import names as aws_names
from plan.network.endpoint import API_PORT

HTTPS = 443


class Firewall(pulumi.ComponentResource):
    """Groups `nodes`, `balancers`, `endpoints`, `tunnel` (None if operators come another way) and `public` (None
    without a public load balancer).

    `ways_out`: rules that a node needs to fetch its files. Ports that are not in the matrix stay closed.
    """

    def __init__(
        self, name: str, *, plan: Plan, vpc_id: pulumi.Input[str], opts: pulumi.ResourceOptions | None = None
    ) -> None:
        facts = {"ports": [f"{p.source} -> {p.target} {p.protocol}/{p.number}: {p.why}" for p in plan.ports]}
        super().__init__("quorate:aws:Firewall", name, facts, opts)
        self._plan, self._vpc_id = plan, vpc_id
        self._below = pulumi.ResourceOptions(parent=self)
        self._aws = aws_names.section(plan.settings)
        self.ways_out: list[pulumi.Resource] = []
        self.nodes = self._group("nodes", "Control-plane nodes")
        self.balancers = self._group("balancers", "The load balancer of the API")
        outside = self._aws.load_balancer.public
        self.public = self._group("public", "The public load balancer of the API") if outside else None
        self.endpoints = self._group("endpoints", "Endpoints of AWS services inside the VPC")
        through = any(port.source == "tunnel" for port in plan.ports)
        self.tunnel = self._group("tunnel", "The endpoint that tunnels SSH to the nodes") if through else None
        for port in plan.ports:
            self._open(port)
        if self.public is not None:
            self._open_to_internet(self.public)
        self._outside()
        self.register_outputs(facts)

    def _group(self, name: str, description: str) -> ec2.SecurityGroup:
        return ec2.SecurityGroup(
            name,
            name=f"{self._plan.settings.cluster}-{name}",
            description=description,
            vpc_id=self._vpc_id,
            tags=tags(self._plan, name),
            opts=self._below,
        )

    def _open(self, port: Port) -> None:
        """Allow ingress at the target, and egress at the source if the source is one of our groups."""
        groups = {"nodes": self.nodes, "balancers": self.balancers}
        groups |= {"tunnel": self.tunnel} if self.tunnel is not None else {}
        target, name = groups[port.target], f"{port.target}-{port.protocol}-{port.number}-from-{port.source}"
        source = groups.get(port.source)
        if source is not None:
            self._in(name, target, port, group=source.id)
            self._out(f"{port.source}-{port.protocol}-{port.number}-to-{port.target}", source, port, group=target.id)
            return
        for index, cidr in enumerate(self._cidrs(port)):
            self._in(f"{name}-{index}", target, port, cidr=cidr)

    def _cidrs(self, port: Port) -> Sequence[str]:
        if port.source == "pods":
            return [str(cidr) for cidr in self._aws.network.workers]
        if port.source == "operators":
            given = self._aws.access.clients
        else:
            given = () if self._aws.load_balancer.public else self._aws.load_balancer.clients
        return [str(cidr) for cidr in given or self._aws.network.ranges]

    def _open_to_internet(self, public: ec2.SecurityGroup) -> None:
        front, why = self._plan.endpoint.port, "the public endpoint: clients outside the VPC"
        port = Port(number=front, protocol="tcp", source="clients", target="balancers", why=why)
        for index, cidr in enumerate(self._aws.load_balancer.clients):
            self._in(f"public-tcp-{front}-from-clients-{index}", public, port, cidr=str(cidr))
        why = "the public load balancer forwards the API's connections and checks /readyz"
        behind = Port(number=API_PORT, protocol="tcp", source="balancers", target="nodes", why=why)
        self._in(f"nodes-tcp-{API_PORT}-from-public", self.nodes, behind, group=public.id)
        self._out(f"public-tcp-{API_PORT}-to-nodes", public, behind, group=self.nodes.id)

    def _in(
        self,
        name: str,
        target: ec2.SecurityGroup,
        port: Port,
        *,
        group: pulumi.Input[str] | None = None,
        cidr: str | None = None,
    ) -> None:
        vpc.SecurityGroupIngressRule(
            name,
            security_group_id=target.id,
            referenced_security_group_id=group,
            cidr_ipv4=cidr,
            ip_protocol=port.protocol,
            from_port=port.number,
            to_port=port.number,
            description=_described(port.why),
            tags=tags(self._plan, name),
            opts=self._below,
        )

    def _out(
        self,
        name: str,
        source: ec2.SecurityGroup,
        port: Port,
        *,
        group: pulumi.Input[str] | None = None,
        cidr: str | None = None,
        prefixes: pulumi.Input[str] | None = None,
    ) -> pulumi.Resource:
        return vpc.SecurityGroupEgressRule(
            name,
            security_group_id=source.id,
            referenced_security_group_id=group,
            cidr_ipv4=cidr,
            prefix_list_id=prefixes,
            ip_protocol=port.protocol if port.number is not None else "-1",
            from_port=port.number,
            to_port=port.number,
            description=_described(port.why),
            tags=tags(self._plan, name),
            opts=self._below,
        )

    def _outside(self) -> None:
        """Allow egress beyond the matrix: AWS, package repositories and registries, workers."""
        closed = self._aws.network.vpc_id is None and self._aws.network.egress == "endpoints"
        https = Port(
            number=HTTPS, protocol="tcp", source="nodes", target="clients", why="AWS services, registries, packages"
        )
        self._in("endpoints-tcp-443-from-nodes", self.endpoints, https, group=self.nodes.id)
        if closed:
            self.ways_out.append(self._out("nodes-tcp-443-to-endpoints", self.nodes, https, group=self.endpoints.id))
        else:
            self.ways_out.append(self._out("nodes-tcp-443-to-anywhere", self.nodes, https, cidr="0.0.0.0/0"))
            plain = Port(number=80, protocol="tcp", source="nodes", target="clients", why="signed package repositories")
            self._out("nodes-tcp-80-to-anywhere", self.nodes, plain, cidr="0.0.0.0/0")
        for index, cidr in enumerate(self._aws.network.workers):
            any_port = Port(
                number=None, protocol="tcp", source="nodes", target="pods", why="kubelets and webhooks on the workers"
            )
            self._out(f"nodes-to-workers-{index}", self.nodes, any_port, cidr=str(cidr))

    def allow_s3(self, prefixes: pulumi.Input[str]) -> None:
        """Allow S3: its gateway endpoint has no group, only AWS's prefix list."""
        if self._aws.network.egress == "endpoints":
            s3 = Port(
                number=HTTPS, protocol="tcp", source="nodes", target="clients", why="S3: files, backups, programs"
            )
            self.ways_out.append(self._out("nodes-tcp-443-to-s3", self.nodes, s3, prefixes=prefixes))


def _described(why: str) -> str:
    """Replace other characters: AWS allows letters, digits, spaces and ._-:/()#,@[]+=&;{}!$* in a description."""
    return why.replace("`", "").replace("'", "")
