"""Partitions, regions and zones (AWS General Reference: "AWS service endpoints", "Regions and zones")."""

import re
from dataclasses import dataclass

REGION = re.compile(r"[a-z]{2,4}(-[a-z]{2,12}){1,2}-[1-9][0-9]?")


@dataclass(frozen=True, kw_only=True)
class Partition:
    """A part of AWS with its own accounts, names and endpoints. `dns_suffix`: suffix of its endpoints' names."""

    name: str
    dns_suffix: str


COMMERCIAL = Partition(name="aws", dns_suffix="amazonaws.com")
BY_PREFIX = (
    ("cn-", Partition(name="aws-cn", dns_suffix="amazonaws.com.cn")),
    ("us-gov-", Partition(name="aws-us-gov", dns_suffix="amazonaws.com")),
    ("eusc-", Partition(name="aws-eusc", dns_suffix="amazonaws.eu")),
    ("us-iso-", Partition(name="aws-iso", dns_suffix="c2s.ic.gov")),
    ("us-isob-", Partition(name="aws-iso-b", dns_suffix="sc2s.sgov.gov")),
    ("us-isof-", Partition(name="aws-iso-f", dns_suffix="csp.hci.ic.gov")),
    ("eu-isoe-", Partition(name="aws-iso-e", dns_suffix="cloud.adc-e.uk")),
)
# Regions whose first three zones are not a, b and c for every account. An empty entry: zones differ by account, or
# there are fewer than three.
UNUSUAL_ZONES = {
    "ap-northeast-1": ("a", "c", "d"),
    "ca-central-1": ("a", "b", "d"),
    "cn-north-1": ("a", "b", "d"),
    "us-west-1": (),
    "eusc-de-east-1": (),
}
USUAL_ZONES = ("a", "b", "c")


def is_region(text: str) -> bool:
    """Whether a region can have this name."""
    return REGION.fullmatch(text) is not None


def partition(region: str) -> Partition:
    """The partition of a region."""
    return next((found for prefix, found in BY_PREFIX if region.startswith(prefix)), COMMERCIAL)


def usual_zones(region: str) -> tuple[str, ...]:
    """The first three zones of a region; empty if they must be named."""
    return tuple(f"{region}{letter}" for letter in UNUSUAL_ZONES.get(region, USUAL_ZONES))
