"""Where on AWS: section, account, region, zones, key, and names within AWS's limits."""

import re
from collections.abc import Iterator

from plan.aws import names as aws_names
from plan.aws.subnets import zones as placed_zones
from plan.quorum import fault_tolerance, quorum
from plan.refusal import Refusal
from plan.settings.cluster import Settings

ACCOUNT = re.compile(r"\d{12}")
REGION = re.compile(r"[a-z]{2}(-[a-z]+)+-\d")
KEY = re.compile(r"arn:aws[\w-]*:kms:(?P<region>[\w-]+):(?P<account>\d{12}):key/[\w-]+")
TOPIC = re.compile(r"arn:aws[\w-]*:sns:(?P<region>[\w-]+):\d{12}:[\w.-]+")


def section(settings: Settings) -> Iterator[Refusal]:
    """The section belongs to the kind."""
    if settings.kind == "aws" and settings.aws is None:
        fix = "give at least `account`, `region` and `dns.domain`"
        why = "nodes, addresses and the endpoint's name follow from it"
        yield Refusal(at="aws", bound="given, because the kind is 'aws'", got="missing", why=why, fix=fix)
    elif settings.kind != "aws" and settings.aws is not None:
        why = "nothing would read it"
        yield Refusal(at="aws", bound="absent on hosts", got="given", why=why, fix="remove it, or say `kind: aws`")


def account(settings: Settings) -> Iterator[Refusal]:
    """Twelve digits, as text."""
    if settings.aws and not ACCOUNT.fullmatch(settings.aws.account):
        why = "credentials of another account are refused by it"
        fix = "see `aws sts get-caller-identity`; quote it, so that YAML does not read a number"
        yield Refusal(at="aws.account", bound="twelve digits", got=repr(settings.aws.account), why=why, fix=fix)


def region(settings: Settings) -> Iterator[Refusal]:
    """A region's name."""
    if settings.aws and not REGION.fullmatch(settings.aws.region):
        at, why = "aws.region", "every resource is made there"
        yield Refusal(at=at, bound="a region", got=repr(settings.aws.region), why=why, fix="such as eu-west-1")


def zones(settings: Settings) -> Iterator[Refusal]:
    """Of the region, each once, and as many as keep a quorum when one fails."""
    aws = settings.aws
    if aws is None:
        return
    found, members = placed_zones(aws), len(settings.nodes)
    for index, zone in enumerate(found):
        if not zone.startswith(aws.region) or zone in found[:index]:
            twice = zone in found[:index]
            yield Refusal(
                at=f"aws.zones[{index}]",
                bound=f"a zone of {aws.region}, once",
                got=f"{zone!r}{' twice' if twice else ''}",
                why="a subnet is in one zone, and a zone in one region",
                fix=f"such as {aws.region}a",
            )
    tolerated = fault_tolerance(members)
    fewest = -(-members // tolerated) if tolerated else 1
    if members % 2 and len(set(found)) < fewest and not settings.single_failure_domain:
        yield Refusal(
            at="aws.zones",
            bound=f"at least {fewest} zones for {members} members",
            got=f"{len(set(found))}",
            why=f"{quorum(members)} members must agree, and the failure of one zone would leave fewer",
            fix="name more zones of the region; if there are no more, say `singleFailureDomain: true`",
        )


def key(settings: Settings) -> Iterator[Refusal]:
    """An ARN of the environment's own region."""
    aws = settings.aws
    if aws is None or aws.kms_key_arn is None:
        return
    match = KEY.fullmatch(aws.kms_key_arn)
    if match is None or match["region"] != aws.region:
        yield Refusal(
            at="aws.kmsKeyArn",
            bound=f"the ARN of a key in {aws.region}",
            got=repr(aws.kms_key_arn),
            why="volumes, secrets and buckets use keys of their own region only",
            fix=f"such as arn:aws:kms:{aws.region}:{aws.account}:key/..., not an alias; or leave it out",
        )


def topic(settings: Settings) -> Iterator[Refusal]:
    """An ARN of the environment's own region."""
    aws = settings.aws
    if aws is None or aws.watch.topic_arn is None:
        return
    match = TOPIC.fullmatch(aws.watch.topic_arn)
    if match is None or match["region"] != aws.region:
        at, bound = "aws.watch.topicArn", f"the ARN of an SNS topic in {aws.region}"
        why, fix = (
            "alarms tell topics of their own region only",
            f"such as arn:aws:sns:{aws.region}:{aws.account}:on-call",
        )
        yield Refusal(at=at, bound=bound, got=repr(aws.watch.topic_arn), why=why, fix=fix)


def names(settings: Settings) -> Iterator[Refusal]:
    """The cluster's name is part of names that AWS bounds."""
    if settings.aws is None:
        return
    name = aws_names.api(settings)
    if len(name) > aws_names.LONGEST_BALANCER or name.startswith("internal-"):
        yield Refusal(
            at="cluster",
            bound=f"at most {aws_names.LONGEST_BALANCER - len(aws_names.API)} characters on AWS, not `internal-...`",
            got=f"{settings.cluster!r}, {len(settings.cluster)} characters",
            why=f"the load balancer and its target group are named {name!r}, and AWS allows "
            f"{aws_names.LONGEST_BALANCER} characters",
            fix="use a shorter name",
        )
