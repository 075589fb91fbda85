"""The order in which nodes were replaced, read from the calls that the cloud has answered."""

from collections.abc import Sequence

from tests.engine.aws.clients import Aws
from workbench.cloud.journal import Call

# The volume is released when its instance has ended: a call that detaches it would stop the instance first.
STEPS = ("TerminateInstances", "RunInstances", "AttachVolume")
ASKED = "DescribeTargetHealth"


class Nodes:
    """Which node an instance, interface or volume belongs to. Look before a replacement and after it."""

    def __init__(self, aws: Aws) -> None:
        self._aws = aws
        self._node: dict[str, str] = {}
        self.look()

    def look(self) -> None:
        ec2 = self._aws.client("ec2")
        for reservation in ec2.describe_instances()["Reservations"]:
            for instance in reservation["Instances"]:
                self._note(instance["InstanceId"], instance.get("Tags", []))
        for volume in ec2.describe_volumes()["Volumes"]:
            self._note(volume["VolumeId"], volume.get("Tags", []))
        for interface in ec2.describe_network_interfaces()["NetworkInterfaces"]:
            self._note(interface["NetworkInterfaceId"], interface.get("TagSet", []))

    def _note(self, identity: str, tags: Sequence[dict[str, str]]) -> None:
        for tag in tags:
            if tag["Key"] == "quorate:node":
                self._node[identity] = tag["Value"]

    def of(self, call: Call) -> str:
        (name,) = {self._node[value] for value in call.names.values() if value in self._node}
        return name


def order(calls: Sequence[Call], nodes: Nodes) -> list[tuple[str, str]]:
    """(node, step) in the order of the calls; (\"\", \"healthy?\") where targets were asked, once in a row."""
    found: list[tuple[str, str]] = []
    for call in calls:
        if call.service == "ec2" and call.action in ("DetachVolume", *STEPS):
            found.append((nodes.of(call), call.action))
        elif call.action == ASKED and found and found[-1] != ("", ASKED):
            found.append(("", ASKED))
    return found
