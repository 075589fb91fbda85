"""Names that Pulumi generates for resources that the program does not name."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from provider.protocol.values import Properties
from workbench.stand_ins.aws.conversion import BadInput

DEFAULTS = "__defaults"  # input property that lists the generated names
_DIGITS = 7  # length of the random part, as in the official plugin


@dataclass(frozen=True, kw_only=True)
class Autoname:
    """The property with a generated name, and AWS's limits for it."""

    property: str = "name"
    longest: int
    lower: bool = False


# The maximum lengths are from the AWS API references of the services.
AUTONAMES: Mapping[str, Autoname] = {
    "aws_cloudwatch_event_rule": Autoname(longest=64),
    "aws_cloudwatch_log_group": Autoname(longest=512),
    "aws_cloudwatch_metric_alarm": Autoname(longest=255),
    "aws_iam_instance_profile": Autoname(longest=128),
    "aws_iam_policy": Autoname(longest=128),
    "aws_iam_role": Autoname(longest=64),
    "aws_iam_role_policy": Autoname(longest=128),
    "aws_kms_alias": Autoname(longest=256),
    "aws_launch_template": Autoname(longest=125),
    "aws_lb": Autoname(longest=32),
    "aws_lb_target_group": Autoname(longest=32),
    "aws_s3_bucket": Autoname(property="bucket", longest=63, lower=True),
    "aws_secretsmanager_secret": Autoname(longest=512),
    "aws_security_group": Autoname(longest=255),
    "aws_sns_topic": Autoname(longest=256),
    "aws_ssm_parameter": Autoname(longest=2048),
}


@dataclass(frozen=True, kw_only=True)
class Naming:
    """The engine's input for a resource that may need a name."""

    logical: str
    urn: str
    seed: bytes
    old: Properties
    proposed: str | None = None  # the name that the project's autonaming requires; empty: no name at all


def name(kind: str, inputs: Properties, naming: Naming) -> Properties:
    """The additions to the inputs of a resource of the Terraform type `kind`. Raises `BadInput`."""
    rule = AUTONAMES.get(kind)
    if rule is None or {rule.property, f"{rule.property}Prefix"} & inputs.keys():
        return {}
    made = _made(rule, naming)
    if not made:
        return {}
    if len(made) > rule.longest:
        raise BadInput(rule.property, f"the generated name {made!r} is longer than {rule.longest} characters")
    return {rule.property: made.lower() if rule.lower else made, DEFAULTS: [rule.property]}


def taken(kind: str, inputs: Properties) -> str | None:
    """The property whose fixed name prevents a second such resource beside the first, or None."""
    rule = AUTONAMES.get(kind)
    return None if rule is None or _invented(rule, inputs) else rule.property


def _made(rule: Autoname, naming: Naming) -> str:
    if _invented(rule, naming.old):
        return str(naming.old.get(rule.property, ""))
    if naming.proposed is not None:
        return naming.proposed
    return f"{naming.logical}-{hashlib.sha256(naming.seed + naming.urn.encode()).hexdigest()[:_DIGITS]}"


def _invented(rule: Autoname, inputs: Properties) -> bool:
    named = inputs.get(DEFAULTS)
    return isinstance(named, list) and rule.property in named
