"""Grammars of the texts that AWS reads."""

from collections.abc import Mapping

from plan.settings import syntax
from plan.validation.grammar import Grammar, grammar, matching

SUBNETS = ("aws.network.subnets", "aws.network.publicSubnets")
_IMAGE_WHY = "every node boots from it"

GRAMMARS: Mapping[str, Grammar] = {
    "aws.account": matching(
        r"[0-9]{12}",
        "twelve digits",
        "credentials of any other account are refused",
        "see `aws sts get-caller-identity`; quote it, so that YAML does not read a number",
    ),
    "aws.network.vpcId": matching(
        r"vpc-[0-9a-f]{1,40}", "a VPC's id", "the subnets are looked up in this VPC", "such as vpc-0123456789abcdef0"
    ),
    **{
        f"{subnets}[].id": matching(
            r"subnet-[0-9a-f]{1,40}", "a subnet's id", "nodes are created in it", "such as subnet-0123456789abcdef0"
        )
        for subnets in SUBNETS
    },
    "aws.network.openings[].why": matching(
        r"[A-Za-z0-9 ._:/()#,@\[\]+=&;{}!$*-]{1,120}",
        "1 to 120 ASCII letters, digits, spaces and simple punctuation",
        "it is the description of a security group rule, and EC2 refuses other characters",
        "such as `VXLAN of the container network`",
    ),
    "aws.machines.image.id": matching(
        r"ami-[0-9a-f]{1,40}", "an image's id", _IMAGE_WHY, "such as ami-0123456789abcdef0"
    ),
    "aws.machines.image.owner": matching(
        r"[0-9]{12}|amazon|self|aws-marketplace", "an account of twelve digits", _IMAGE_WHY, "leave it out for Debian's"
    ),
    "aws.machines.image.name": matching(
        r"[A-Za-z0-9 ()\[\]./'@_*?-]{3,128}",
        "an image's name, with * and ? as wildcards",
        _IMAGE_WHY,
        "such as debian-12-amd64-*",
    ),
    "aws.loadBalancer.accessLogsBucket": matching(
        r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]", "a bucket's name", "S3 allows no other names", "such as acme-access-logs"
    ),
    "aws.dns.zoneId": matching(
        r"Z[A-Z0-9]{1,31}", "a Route53 zone's id", "the record is created in it", "such as Z0123456789ABCDEFGHIJ"
    ),
    "aws.dns.domain": grammar(
        syntax.is_dns_name, "a DNS name", "the API's name ends with it", "such as example.internal"
    ),
}
