"""AWS responses for programs that run without an engine, and the configurations for tests with them."""

from functools import cache

from pulumi.runtime import mocks

from plan.loading.presets import merged
from workbench.mocks.answers import Answers
from workbench.mocks.recorder import Run, run_program

PUBLIC_KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBCzQ3N9vZx0W5h5pX0mQw4m0h7m3pY8w2b1k6n9r4tD"
DEV: dict[str, object] = {
    "preset": "dev",
    "kind": "aws",
    "cluster": "north",
    "aws": {
        "account": "123456789012",
        "region": "eu-west-1",
        "dns": {"domain": "example.internal"},
        "access": {"publicKey": PUBLIC_KEY},
    },
}
PROD: dict[str, object] = {
    "preset": "prod",
    "kind": "aws",
    "cluster": "north",
    "aws": {
        "account": "123456789012",
        "region": "eu-west-1",
        "dns": {"domain": "example.internal"},
        "access": {"publicKey": PUBLIC_KEY},
        "backups": {"replicaRegion": "eu-central-1", "objectLockDays": 7},
        "watch": {"topicArn": "arn:aws:sns:eu-west-1:123456789012:on-call"},
    },
}
SUBNETS = [
    {"zone": f"eu-west-1{letter}", "cidr": f"10.40.{index}.0/26", "id": f"subnet-0{index}"}
    for index, letter in enumerate("abc")
]
EXISTING = merged(
    DEV,
    {
        "aws": {
            "network": {"cidr": "10.40.0.0/16", "vpcId": "vpc-0a", "subnets": SUBNETS},
            "dns": {"zoneId": "Z0GIVEN"},
            "kmsKeyArn": "arn:aws:kms:eu-west-1:123456789012:key/0-given",
            "machines": {"image": {"id": "ami-0abc"}},
        }
    },
)
PUBLIC = merged(DEV, {"aws": {"loadBalancer": {"public": True, "clients": ["203.0.113.0/24", "198.51.100.7/32"]}}})
ENVIRONMENTS = {"dev": DEV, "prod": PROD, "existing-vpc": EXISTING, "public-api": PUBLIC}

# Attributes that AWS adds to a resource, in addition to its id.
ADDED = ("arn", "arnSuffix", "dnsName", "zoneId", "keyId", "prefixListId")


class Cloud(Answers):
    """`architecture`: of every image and instance type; `subnet_vpc`: the VPC that existing subnets belong to;
    `offering`: letters of the zones that offer the type."""

    def __init__(
        self,
        *,
        preview: bool = False,
        architecture: str = "x86_64",
        subnet_vpc: str = "vpc-0a",
        zone: str = "example.internal",
        region: str = "eu-west-1",
        offering: str = "abc",
    ) -> None:
        super().__init__(preview=preview)
        self._only_inputs = preview
        self._region = region
        self.made: list[str] = []
        self._architecture, self._subnet_vpc, self._zone = architecture, subnet_vpc, zone
        self._offering = offering

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str | None, dict[str, object]]:
        """Identity and state of a new resource, with the attributes that AWS adds."""
        identity, state = super().new_resource(args)
        self.made.append(args.typ)
        if args.typ.startswith("aws:") and not self._only_inputs:
            kind = args.typ.rsplit(":", 1)[-1]
            partial = {name: f"{name}-of-{kind}-{args.name}" for name in ADDED}
            return f"{kind}-{args.name}", {**partial, **state}
        return identity, state

    def call(self, args: mocks.MockCallArgs) -> tuple[dict[str, object], list[tuple[str, str]] | None]:
        """The result of a provider function."""
        subnet = next((s for s in SUBNETS if s["id"] == args.args.get("id")), SUBNETS[0])
        answers: dict[str, dict[str, object]] = {
            "getAvailabilityZones": {"names": [f"{self._region}{letter}" for letter in "abc"]},
            "getAmi": {"id": "ami-0newest", "architecture": self._architecture},
            "getInstanceType": {"supportedArchitectures": [self._architecture]},
            "getInstanceTypeOfferings": {"locations": [f"{self._region}{letter}" for letter in self._offering]},
            "getVpc": {"cidrBlock": "10.40.0.0/16"},
            "getSubnet": {
                "vpcId": self._subnet_vpc,
                "availabilityZone": subnet["zone"],
                "cidrBlock": subnet["cidr"],
            },
            "getZone": {"name": self._zone},
        }
        found = answers.get(args.token.rsplit(":", 1)[-1])
        return ({**args.args, **found}, []) if found else super().call(args)


@cache
def environment(name: str, *, preview: bool = False) -> Run:
    """One cached run of each environment, for tests that only read it."""
    return run_program(Cloud(preview=preview), config=ENVIRONMENTS[name], preview=preview)
