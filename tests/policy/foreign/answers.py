"""An AWS that answers look-ups as in a real preview. What a resource computes stays unknown."""

import pulumi
from pulumi.runtime import mocks

from workbench.mocks.answers import Answers

ACCOUNT, REGION = "210987654321", "eu-west-1"
ZONES = [f"{REGION}{letter}" for letter in "abc"]
FOUND: dict[str, dict[str, object]] = {
    "aws:index/getAvailabilityZones:getAvailabilityZones": {"names": ZONES, "zoneIds": ["euw1-az1", "euw1-az2"]},
    "aws:index/getCallerIdentity:getCallerIdentity": {"accountId": ACCOUNT},
    "aws:index/getRegion:getRegion": {"name": REGION, "region": REGION},
    "aws:ec2/getAmi:getAmi": {"id": "ami-0f00ba4e57a71e000", "architecture": "x86_64", "rootDeviceName": "/dev/xvda"},
    "aws:ec2/getVpc:getVpc": {"id": "vpc-0c0ffee000000001", "cidrBlock": "10.60.0.0/16"},
    "aws:ec2/getSubnets:getSubnets": {"ids": ["subnet-0a000000000000001", "subnet-0b000000000000002"]},
    "aws:ec2/getManagedPrefixList:getManagedPrefixList": {"id": "pl-0ff1ce0000000001", "entries": []},
    "aws:route53/getZone:getZone": {"zoneId": "Z0F0RE1GN", "name": "acme.example"},
    "aws:ssm/getParameter:getParameter": {"value": "ami-0f00ba4e57a71e000", "type": "String"},
    "aws:acm/getCertificate:getCertificate": {"arn": f"arn:aws:acm:{REGION}:{ACCOUNT}:certificate/5f0e"},
}


class Cloud(Answers):
    """In a preview only inputs are known: ids, ARNs and addresses that AWS assigns are not."""

    def __init__(self) -> None:
        super().__init__(preview=True)

    def call(self, args: mocks.MockCallArgs) -> tuple[dict[str, object], list[tuple[str, str]] | None]:
        if args.token == "aws:iam/getPolicyDocument:getPolicyDocument":
            raise AssertionError("write policies as JSON text: the provider renders this document itself")
        found = FOUND.get(args.token)
        if found is None:
            pulumi.log.error(f"these answers do not know {args.token}")
            return super().call(args)
        return {"id": args.token, **args.args, **found}, []
