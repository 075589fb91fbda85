"""The place on AWS: section, region, zones, key, topic, and names within AWS's limits."""

import re
from collections.abc import Iterator

from plan.aws import names as aws_names
from plan.aws.places import is_region, partition
from plan.aws.subnets import zones as placed_zones
from plan.quorum import fault_tolerance, quorum
from plan.refusal import Refusal
from plan.settings.cluster import Settings
from plan.visible import shown

ARN = r"arn:(?P<partition>aws[a-z-]*):{service}:(?P<region>[a-z0-9-]+):(?P<account>[0-9]{{12}}):"
KEY = re.compile(ARN.format(service="kms") + r"key/[A-Za-z0-9-]+")
TOPIC = re.compile(ARN.format(service="sns") + r"[A-Za-z0-9_-]{1,256}(\.fifo)?")
ZONE = re.compile(r"[a-z]|-[a-z]{2,4}-[0-9][a-z]")  # after the region: a zone, or a local zone


def section(settings: Settings) -> Iterator[Refusal]:
    """The section `aws` is set if, and only if, the kind is `aws`."""
    if settings.kind == "aws" and settings.aws is None:
        fix = "give at least `account`, `region` and `dns.domain`"
        why = "nodes, addresses and the endpoint's name are derived from it"
        yield Refusal(at="aws", what="set, because the kind is `aws`", found="missing", why=why, fix=fix)
    elif settings.kind != "aws" and settings.aws is not None:
        why = "it would have no effect"
        yield Refusal(at="aws", what="left out on hosts", found="set", why=why, fix="remove it, or set `kind: aws`")


def region(settings: Settings) -> Iterator[Refusal]:
    """The region has the form of an AWS region name."""
    if settings.aws and not is_region(settings.aws.region):
        at, why = "aws.region", "every resource is created there"
        yield Refusal(at=at, what="a region", found=shown(settings.aws.region), why=why, fix="such as eu-west-1")


def zones(settings: Settings) -> Iterator[Refusal]:
    """Zones belong to the region, are listed once, and are enough to keep a quorum when one fails."""
    aws = settings.aws
    if aws is None or not is_region(aws.region):
        return
    if not placed_zones(aws):
        yield Refusal(
            at="aws.zones",
            what=f"listed, because {aws.region} does not have three zones that every account can use",
            found="missing",
            why="nodes, subnets and volumes are placed by zone",
            fix=f"see `aws ec2 describe-availability-zones --region {aws.region}`",
        )
        return
    found, members = placed_zones(aws), len(settings.nodes)
    for index, zone in enumerate(found):
        if not _of_region(zone, aws.region) or zone in found[:index]:
            twice = zone in found[:index]
            yield Refusal(
                at=f"aws.zones[{index}]",
                what=f"a zone of {aws.region}, once",
                found=f"{shown(zone)}{' again' if twice else ''}",
                why="a subnet is in one zone, and a zone in one region",
                fix=f"such as {aws.region}a",
            )
    tolerated = fault_tolerance(members)
    fewest = -(-members // tolerated) if tolerated else 1
    if members % 2 and len(set(found)) < fewest and not settings.single_failure_domain:
        yield Refusal(
            at="aws.zones",
            what=f"at least {fewest} zones for {members} members",
            found=f"{len(set(found))} zones",
            why=f"{quorum(members)} members must agree, and the failure of one zone would leave fewer",
            fix="name more zones of the region; if there are no more, set `singleFailureDomain: true`",
        )


def _of_region(zone: str, region: str) -> bool:
    return zone.startswith(region) and ZONE.fullmatch(zone.removeprefix(region)) is not None


def key(settings: Settings) -> Iterator[Refusal]:
    """The ARN is one in the environment's own region."""
    aws = settings.aws
    if aws is None or aws.kms_key_arn is None:
        return
    match = KEY.fullmatch(aws.kms_key_arn)
    if match is None or not _belongs(match, aws.region):
        yield Refusal(
            at="aws.kmsKeyArn",
            what=f"the ARN of a key in {aws.region}",
            found=shown(aws.kms_key_arn),
            why="volumes, secrets and buckets only use keys of their own region",
            fix=f"such as arn:{partition(aws.region).name}:kms:{aws.region}:{aws.account}:key/..., not an alias; "
            "or leave it out",
        )


def topic(settings: Settings) -> Iterator[Refusal]:
    """The ARN is one in the environment's own region."""
    aws = settings.aws
    if aws is None or aws.watch.topic_arn is None:
        return
    match = TOPIC.fullmatch(aws.watch.topic_arn)
    if match is None or not _belongs(match, aws.region):
        at, what = "aws.watch.topicArn", f"the ARN of an SNS topic in {aws.region}"
        why, fix = (
            "alarms are only sent to topics of their own region",
            f"such as arn:{partition(aws.region).name}:sns:{aws.region}:{aws.account}:on-call",
        )
        yield Refusal(at=at, what=what, found=shown(aws.watch.topic_arn), why=why, fix=fix)


def _belongs(arn: re.Match[str], region: str) -> bool:
    return arn["region"] == region and arn["partition"] == partition(region).name


def names(settings: Settings) -> Iterator[Refusal]:
    """The cluster's name is short enough for the AWS names that contain it."""
    if settings.aws is None:
        return
    public = settings.aws.load_balancer.public
    name = aws_names.public_api(settings) if public else aws_names.api(settings)
    ending = aws_names.PUBLIC if public else aws_names.API
    if len(name) > aws_names.LONGEST_BALANCER or name.startswith("internal-"):
        yield Refusal(
            at="cluster",
            what=f"at most {aws_names.LONGEST_BALANCER - len(ending)} characters on AWS, not `internal-...`",
            found=f"{shown(settings.cluster)}, {len(settings.cluster)} characters",
            why=f"the load balancer and its target group are named {shown(name)}, and AWS allows "
            f"{aws_names.LONGEST_BALANCER} characters",
            fix="use a shorter name",
        )
