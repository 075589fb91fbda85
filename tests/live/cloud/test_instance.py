"""One instance of the emulated AWS, booted by real cloud-init with the project's own first contact."""

import json
import os
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import boto3
import pytest
from botocore.client import BaseClient
from botocore.config import Config

from agent.aws import client as contact
from agent.system.archive import archive, digest
from documents.user_data import PLACE, PROGRAM, SERVICE, UNIT
from documents.yaml_text import yaml_text
from provider.local.machines import image
from provider.local.machines.place import STATE
from workbench.cloud.cloud import Cloud
from workbench.cloud.instances.image import IMAGE

pytestmark = [
    pytest.mark.skipif(os.geteuid() != 0, reason="live: instances are made by root"),
    pytest.mark.skipif(
        not image.path(IMAGE).is_dir(), reason="live: the first command with EMULATE=1 builds the image"
    ),
]
REGION, ADDRESS = "eu-west-1", "10.20.0.10"
TRUST = {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}
# What the role may do: its own secret and the agent, and nothing else.
ALLOWED = [
    {"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": "*"},
    {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::dev-files/agent/*"},
]
SECONDS = 90.0


@dataclass
class Booted:
    """The instance, from outside and from inside."""

    ec2: BaseClient
    id: str
    volume: str
    seconds: float

    def state(self) -> str:
        found = self.ec2.describe_instances(InstanceIds=[self.id])["Reservations"][0]["Instances"][0]
        name: str = found["State"]["Name"]
        return name

    def run(self, *words: str) -> str:
        """What a command inside prints."""
        (folder,) = STATE.glob(f"aws-*/machines/{self.id}")
        supervisor = (folder / "process").read_text().splitlines()[1].split()[0]
        leader = Path(f"/proc/{supervisor}/task/{supervisor}/children").read_text().split()[0]
        spaces = ("--mount", "--uts", "--ipc", "--net", "--pid")
        done = subprocess.run(
            ["nsenter", f"--target={leader}", *spaces, "--", *words], capture_output=True, text=True, check=False
        )
        return done.stdout


@pytest.fixture(scope="module")
def booted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Booted]:
    cloud = Cloud(tmp_path_factory.mktemp("cloud"), boots=True)
    endpoint = cloud.start()
    try:
        yield boot(endpoint)
    finally:
        cloud.stop()


def boot(endpoint: str) -> Booted:
    session = boto3.Session("emulated", "emulated", region_name=REGION)
    settings = Config(s3={"addressing_style": "path"})
    ec2, iam, s3, secrets = (
        session.client(name, endpoint_url=endpoint, config=settings) for name in ("ec2", "iam", "s3", "secretsmanager")
    )
    vpc = ec2.create_vpc(CidrBlock="10.20.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.20.0.0/24", AvailabilityZone=f"{REGION}a")["Subnet"]["SubnetId"]
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
    table = ec2.describe_route_tables(Filters=[{"Name": "vpc-id", "Values": [vpc]}])["RouteTables"][0]["RouteTableId"]
    ec2.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", GatewayId=gateway)
    eni = ec2.create_network_interface(SubnetId=subnet, PrivateIpAddress=ADDRESS)["NetworkInterface"]
    document = {"Version": "2012-10-17", "Statement": [TRUST]}
    iam.create_role(RoleName="cp1", AssumeRolePolicyDocument=json.dumps(document))
    policy = json.dumps({"Version": "2012-10-17", "Statement": ALLOWED})
    iam.put_role_policy(RoleName="cp1", PolicyName="own", PolicyDocument=policy)
    iam.create_instance_profile(InstanceProfileName="cp1")
    iam.add_role_to_instance_profile(InstanceProfileName="cp1", RoleName="cp1")
    s3.create_bucket(Bucket="dev-files", CreateBucketConfiguration={"LocationConstraint": REGION})
    s3.put_object(Bucket="dev-files", Key=f"agent/{digest()}.pyz", Body=archive())
    s3.put_object(Bucket="dev-files", Key="nodes/cp2/documents.json", Body=b"{}")
    secrets.create_secret(Name="quorate/dev/cp1", SecretString=json.dumps({"agent": digest(), "documents": ""}))
    volume = ec2.create_volume(Size=1, AvailabilityZone=f"{REGION}a")["VolumeId"]
    began = time.monotonic()
    instance = ec2.run_instances(
        ImageId=ec2.describe_images(Filters=[{"Name": "name", "Values": ["debian-12-amd64-*"]}])["Images"][0][
            "ImageId"
        ],
        InstanceType="m7i.large",
        MinCount=1,
        MaxCount=1,
        NetworkInterfaces=[{"DeviceIndex": 0, "NetworkInterfaceId": eni["NetworkInterfaceId"]}],
        UserData=user_data(),
        IamInstanceProfile={"Name": "cp1"},
        MetadataOptions={"HttpTokens": "required", "HttpPutResponseHopLimit": 1},
    )["Instances"][0]
    assert instance["State"]["Name"] == "pending"
    made = Booted(ec2=ec2, id=instance["InstanceId"], volume=volume, seconds=0)
    wait(lambda: made.state() == "running")
    ec2.attach_volume(VolumeId=volume, InstanceId=made.id, Device="/dev/sdf")
    wait(lambda: "done" in made.run("cloud-init", "status"))
    made.seconds = time.monotonic() - began
    return made


def user_data() -> str:
    place = {
        "region": REGION,
        "bucket": "dev-files",
        "node": "cp1",
        "secret": "quorate/dev/cp1",
        "documents": "nodes/cp1/documents.json",
        "begun": "nodes/cp1/begun",
        "convergence": "nodes/cp1/convergence",
    }
    files = {PLACE: json.dumps(place), PROGRAM: Path(contact.__file__).read_text(), SERVICE: UNIT}
    written = [{"path": path, "permissions": "0644", "content": text} for path, text in files.items()]
    return "#cloud-config\n" + yaml_text({"hostname": "cp1", "write_files": written})


def wait(until: Callable[[], bool]) -> None:
    deadline = time.monotonic() + SECONDS
    while not until():
        assert time.monotonic() < deadline
        time.sleep(0.2)


def ask(booted: Booted, service: str, path: str, *, bucket: str = "") -> str:
    """The client of the first contact, inside: the size of the response, or the status of the refusal."""
    program = (
        "import json, sys; sys.path.insert(0, '/usr/local/lib/quorate'); import contact\n"
        "aws = contact.Aws(json.load(open('/etc/quorate/place.json')))\n"
        "try:\n"
        f"    print(len(aws.send(contact.Call(service={service!r}, path={path!r}, bucket={bucket!r}))))\n"
        "except contact.AwsError as refused:\n"
        "    print(refused.status)\n"
    )
    return booted.run("python3", "-c", program).strip()


def test_cloud_init_has_done_what_the_user_data_says(booted: Booted) -> None:
    assert booted.run("hostname").strip() == "cp1"
    assert json.loads(booted.run("cat", PLACE))["node"] == "cp1"
    assert booted.run("cloud-init", "query", "instance_id").strip() == booted.id
    assert "ec2" in booted.run("cloud-init", "query", "platform")
    assert booted.seconds < SECONDS


def test_the_role_reads_what_is_its_own_and_nothing_else(booted: Booted) -> None:
    assert ask(booted, "s3", f"/agent/{digest()}.pyz", bucket="dev-files") == str(len(archive()))
    assert ask(booted, "s3", "/nodes/cp2/documents.json", bucket="dev-files") == "403"


def test_the_first_contact_becomes_the_agent_of_the_secret(booted: Booted) -> None:
    booted.run("systemctl", "start", "quorate.service")
    assert '"event"' in booted.run("journalctl", "-u", "quorate.service", "-o", "cat", "--no-pager")


def test_the_instance_sees_its_own_volume_and_no_disk_of_this_computer(booted: Booted) -> None:
    wait(lambda: booted.run("lsblk", "--noheadings", "--output", "NAME,TYPE").split() == ["nvme1n1", "disk"])


def test_a_label_outlives_a_stop_and_is_found_again(booted: Booted) -> None:
    booted.run("mkfs.ext4", "-q", "-F", "-L", "quorate-etcd", "/dev/nvme1n1")
    label = "/dev/disk/by-label/quorate-etcd"
    wait(lambda: booted.run("readlink", "-f", label).strip() == "/dev/nvme1n1")
    booted.ec2.stop_instances(InstanceIds=[booted.id])
    assert booted.state() == "stopping"
    wait(lambda: booted.state() == "stopped")
    booted.ec2.start_instances(InstanceIds=[booted.id])
    wait(lambda: booted.state() == "running")
    wait(lambda: booted.run("readlink", "-f", label).strip() == "/dev/nvme1n1")


def test_the_console_shows_the_host_keys(booted: Booted) -> None:
    text = booted.ec2.get_console_output(InstanceId=booted.id)["Output"]
    assert "systemd" in text


def test_a_terminated_instance_leaves_its_volume_and_frees_its_interface(booted: Booted) -> None:
    booted.ec2.terminate_instances(InstanceIds=[booted.id])
    assert booted.state() == "shutting-down"
    wait(lambda: booted.state() == "terminated")
    assert booted.ec2.describe_volumes(VolumeIds=[booted.volume])["Volumes"][0]["State"] == "available"
    (interface,) = booted.ec2.describe_network_interfaces(
        Filters=[{"Name": "addresses.private-ip-address", "Values": [ADDRESS]}]
    )["NetworkInterfaces"]
    assert interface["Status"] == "available"
