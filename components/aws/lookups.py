"""Looks up AWS facts before anything is created: zones, image, instance type, an existing VPC and zone."""

from collections.abc import Iterator
from dataclasses import dataclass

import pulumi
from pulumi_aws import ec2, get_availability_zones, route53

from plan import Plan, Refusal, Refused
from plan.aws import names as aws_names
from plan.aws.subnets import zones
from plan.settings import Aws
from plan.sizes import instance_type

MACHINES = {"amd64": "x86_64", "arm64": "arm64"}  # AWS's names for architectures


@dataclass(frozen=True, kw_only=True)
class Found:
    """The facts. `image`: new nodes boot from it."""

    image: str


def look(plan: Plan, provider: pulumi.ProviderResource) -> Found:
    """Look up the facts and compare them with the settings. Raises `Refused` with every mismatch."""
    aws = aws_names.section(plan.settings)
    asked = pulumi.InvokeOptions(provider=provider)
    image = _image(aws, asked)
    problems = [*_zones(aws, asked), *_type(aws, asked), *_network(aws, asked), *_zone(plan, aws, asked)]
    if image.architecture != MACHINES[aws.machines.image.architecture]:
        problems.append(
            Refusal(
                at="aws.machines.image.architecture",
                what=f"that of the image {image.id}",
                found=f"{aws.machines.image.architecture}, but the image is {image.architecture}",
                why="an instance cannot boot an image for another architecture",
                fix="correct the architecture, or name another image",
            )
        )
    if problems:
        raise Refused(problems)
    return Found(image=image.id)


def _image(aws: Aws, asked: pulumi.InvokeOptions) -> ec2.AwaitableGetAmiResult:
    image = aws.machines.image
    if image.id is not None:
        filters = [ec2.GetAmiFilterArgs(name="image-id", values=[image.id])]
        return ec2.get_ami(filters=filters, opts=asked)
    name = image.name or f"debian-12-{image.architecture}-*"
    wanted = {"name": name, "architecture": MACHINES[image.architecture], "virtualization-type": "hvm"}
    filters = [ec2.GetAmiFilterArgs(name=key, values=[value]) for key, value in wanted.items()]
    return ec2.get_ami(most_recent=True, owners=[image.owner], filters=filters, opts=asked)


def _zones(aws: Aws, asked: pulumi.InvokeOptions) -> Iterator[Refusal]:
    available = get_availability_zones(state="available", opts=asked).names
    missing = [zone for zone in zones(aws) if zone not in available]
    if missing:
        yield Refusal(
            at="aws.zones",
            what=f"among the available zones of {aws.region}: {', '.join(available)}",
            found=", ".join(missing),
            why="subnets, nodes and volumes are created there",
            fix="name three of them",
        )


def _type(aws: Aws, asked: pulumi.InvokeOptions) -> Iterator[Refusal]:
    name = instance_type(aws.machines)
    try:
        found = ec2.get_instance_type(instance_type=name, opts=asked)
    except Exception as error:  # noqa: BLE001 - the SDK raises it as it is; the engine's words are in it
        why = "every node is an instance of it"
        got = f"{name}: {str(error).splitlines()[0]}"
        yield Refusal(
            at="aws.machines.instanceType", what=f"a type of {aws.region}", found=got, why=why, fix="such as m7i.large"
        )
        return
    wanted = MACHINES[aws.machines.image.architecture]
    if wanted not in found.supported_architectures:
        yield Refusal(
            at="aws.machines.instanceType",
            what=f"of the image's architecture {wanted}",
            found=f"{name}, which is {' or '.join(found.supported_architectures)}",
            why="an instance cannot boot an image for another architecture",
            fix="use another type, or another image",
        )
    filters = [ec2.GetInstanceTypeOfferingsFilterArgs(name="instance-type", values=[name])]
    offered = ec2.get_instance_type_offerings(filters=filters, location_type="availability-zone", opts=asked).locations
    missing = [zone for zone in zones(aws) if zone not in offered]
    if missing:
        enough = len(offered) >= len(zones(aws))
        yield Refusal(
            at="aws.machines.instanceType",
            what=f"offered in every zone of the nodes: {', '.join(zones(aws))}",
            found=f"{name}, which {', '.join(missing)} does not offer",
            why="the nodes of that zone could not be created, and the others would be left without a quorum",
            fix="use another type" + (f", or zones among {', '.join(sorted(offered))}" if enough else ""),
        )


def _network(aws: Aws, asked: pulumi.InvokeOptions) -> Iterator[Refusal]:
    if aws.network.vpc_id is None:
        return
    vpc = ec2.get_vpc(id=aws.network.vpc_id, opts=asked)
    if vpc.cidr_block != str(aws.network.cidr):
        at, why = "aws.network.cidr", "nodes, firewall and certificates are planned in it"
        yield Refusal(
            at=at, what=f"that of {vpc.id}", found=str(aws.network.cidr), why=why, fix=f"use {vpc.cidr_block}"
        )
    for key, subnets in (("subnets", aws.network.subnets), ("publicSubnets", aws.network.public_subnets)):
        for index, subnet in enumerate(subnets):
            found = ec2.get_subnet(id=subnet.id, opts=asked)
            seen = (found.vpc_id, found.availability_zone, found.cidr_block)
            wanted = (aws.network.vpc_id, subnet.zone, str(subnet.cidr))
            if seen != wanted:
                yield Refusal(
                    at=f"aws.network.{key}[{index}]",
                    what=f"as AWS has {subnet.id}: {', '.join(seen)}",
                    found=", ".join(wanted),
                    why="nodes get their addresses from it before they exist",
                    fix="correct VPC, zone or cidr, or name another subnet",
                )


def _zone(plan: Plan, aws: Aws, asked: pulumi.InvokeOptions) -> Iterator[Refusal]:
    if aws.dns.zone_id is None:
        return
    zone = route53.get_zone(zone_id=aws.dns.zone_id, opts=asked).name.rstrip(".")
    name = plan.endpoint.name
    if not name.endswith(f".{zone}"):
        at, why = "aws.dns.zoneId", "a zone only contains names below its own"
        yield Refusal(
            at=at,
            what=f"a zone that contains {name}",
            found=f"the zone {zone}",
            why=why,
            fix="correct it, or `dns.domain`",
        )
