import pytest
from botocore.exceptions import ClientError

from tests.unit.workbench.cloud.conftest import Network, code


def volume(network: Network, letter: str) -> str:
    found: str = network.ec2.create_volume(AvailabilityZone=f"eu-west-1{letter}", Size=1)["VolumeId"]
    return found


def test_a_volume_is_attached_in_its_own_zone_only(network: Network) -> None:
    instance = network.instance(network.interface(0, "10.20.0.10"))
    with pytest.raises(ClientError) as refused:
        network.ec2.attach_volume(VolumeId=volume(network, "b"), InstanceId=instance, Device="/dev/sdf")
    assert code(refused) == "InvalidVolume.ZoneMismatch"


def test_a_volume_is_attached_to_one_instance_and_then_to_the_next(network: Network) -> None:
    first, second = (network.instance(network.interface(0, f"10.20.0.{number}")) for number in (10, 11))
    disk = volume(network, "a")
    network.ec2.attach_volume(VolumeId=disk, InstanceId=first, Device="/dev/sdf")
    with pytest.raises(ClientError) as refused:
        network.ec2.attach_volume(VolumeId=disk, InstanceId=second, Device="/dev/sdf")
    assert code(refused) == "VolumeInUse"
    network.ec2.detach_volume(VolumeId=disk)
    network.ec2.attach_volume(VolumeId=disk, InstanceId=second, Device="/dev/sdf")
