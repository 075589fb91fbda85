"""One emulated cloud for all tests of this folder; each makes what it needs in a network of its own."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import boto3
import pytest
from botocore.client import BaseClient
from botocore.config import Config
from botocore.exceptions import ClientError

from workbench.cloud.cloud import Cloud

REGION = "eu-west-1"
NETWORK = "10.20.0.0/16"


@dataclass(frozen=True, kw_only=True)
class Credentials:
    key: str = "emulated"
    secret: str = "emulated"
    token: str | None = None


class Aws:
    """Clients of a cloud, and what most tests need in it."""

    def __init__(self, endpoint: str, given: Credentials = Credentials()) -> None:
        self.endpoint = endpoint
        self._session = boto3.Session(given.key, given.secret, given.token, region_name=REGION)

    @cache  # noqa: B019 -- a client takes longer to make than most tests
    def client(self, service: str) -> BaseClient:
        config = Config(retries={"max_attempts": 0}, s3={"addressing_style": "path"})
        return self._session.client(service, endpoint_url=self.endpoint, config=config)

    def network(self) -> "Network":
        ec2 = self.client("ec2")
        return Network(ec2, ec2.create_vpc(CidrBlock=NETWORK)["Vpc"]["VpcId"])


class Network:
    """A VPC with subnets 10.20.N.0/24, one per zone."""

    def __init__(self, ec2: BaseClient, vpc: str) -> None:
        self.ec2 = ec2
        self.vpc = vpc
        self.subnets = [self._subnet(number, letter) for number, letter in enumerate("abc")]

    def _subnet(self, number: int, letter: str) -> str:
        made = self.ec2.create_subnet(
            VpcId=self.vpc, CidrBlock=f"10.20.{number}.0/24", AvailabilityZone=f"{REGION}{letter}"
        )
        found: str = made["Subnet"]["SubnetId"]
        return found

    def interface(self, subnet: int, address: str, *groups: str) -> str:
        found: str = self.ec2.create_network_interface(
            SubnetId=self.subnets[subnet], PrivateIpAddress=address, **({"Groups": list(groups)} if groups else {})
        )["NetworkInterface"]["NetworkInterfaceId"]
        return found

    def instance(self, interface: str, **given: object) -> str:
        image = self.ec2.describe_images(Filters=[{"Name": "name", "Values": ["debian-12-amd64-*"]}])["Images"][0][
            "ImageId"
        ]
        found: str = self.ec2.run_instances(
            ImageId=image,
            InstanceType="m5.large",
            MinCount=1,
            MaxCount=1,
            NetworkInterfaces=[{"DeviceIndex": 0, "NetworkInterfaceId": interface}],
            **given,
        )["Instances"][0]["InstanceId"]
        return found

    def group(self, name: str) -> str:
        found: str = self.ec2.create_security_group(GroupName=name, Description=name, VpcId=self.vpc)["GroupId"]
        return found


def code(refused: "pytest.ExceptionInfo[ClientError]") -> str:
    found: str = refused.value.response["Error"]["Code"]
    return found


@pytest.fixture(scope="session")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    started = Cloud(tmp_path_factory.mktemp("cloud"))
    started.start()
    yield started
    started.stop()


@pytest.fixture(scope="session")
def aws(cloud: Cloud) -> Aws:
    return Aws(cloud.start())


@pytest.fixture
def network(aws: Aws) -> Network:
    return aws.network()
