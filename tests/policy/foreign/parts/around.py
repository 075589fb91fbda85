"""Everything of a stacked control plane on AWS except what its nodes are configured with."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from tests.policy.foreign.parts import clouds, store
from tests.policy.foreign.parts.clouds import ZONES, Balancer, Network


@dataclass(frozen=True)
class Around:
    """Network, group, role, balancer and the bucket of backups of one cluster."""

    name: str
    home: Network
    group: aws.ec2.SecurityGroup
    profile: aws.iam.InstanceProfile
    front: Balancer
    bucket: str

    def node(
        self,
        number: int,
        *,
        text: pulumi.Input[str] | None = None,
        base64: pulumi.Input[str] | None = None,
        zone: int | None = None,
        disk: bool = True,
        encrypted: bool = True,
    ) -> aws.ec2.Instance:
        """Node `number` with its volume for etcd."""
        name = f"{self.name}-{number + 1}"
        place = number % len(ZONES) if zone is None else zone
        made = clouds.machine(
            name, number, self.home, self.group, text=text, base64=base64, zone=place, profile=self.profile.name
        )
        if disk:
            clouds.etcd_volume(f"{name}-etcd", made, ZONES[place], encrypted=encrypted)
        return made

    def behind(self, nodes: Sequence[aws.ec2.Instance]) -> None:
        """Put the nodes behind the balancer."""
        clouds.attach(self.name, self.front, nodes)


def around(name: str, endpoint: str, *, cidr: str = "10.20.0.0/16", api_from: Sequence[str] = ()) -> Around:
    """`endpoint`: the API's full name, which becomes an alias of the balancer."""
    home = clouds.network(name, cidr)
    bucket = f"acme-{name}-snapshots"
    store.bucket(bucket)
    group = clouds.node_group(f"{name}-nodes", home, api_from=api_from)
    front = clouds.balancer(f"{name}-api", home)
    clouds.alias(endpoint, front)
    return Around(name, home, group, clouds.role(name, bucket), front, bucket)
