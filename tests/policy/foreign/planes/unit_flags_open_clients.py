"""etcd members by launch templates; a unit with options of a single dash."""

import pulumi_aws as aws

from tests.policy.foreign.case import Pair
from tests.policy.foreign.parts import clouds, members
from tests.policy.foreign.parts.members import Around, Member
from tests.policy.foreign.parts.setup import etcd_disk
from tests.policy.foreign.parts.texts import encoded


def script(options: dict[str, str], bucket: str) -> str:
    """User data of one member."""
    unit = members.unit(options, dashes="-")
    install = f"cat > /etc/systemd/system/etcd.service <<'UNIT'\n{unit}UNIT\nsystemctl enable --now etcd\n"
    steps = [members.DOWNLOAD, etcd_disk(), members.fetch("south"), install, members.snapshots(bucket, "south")]
    return "#!/bin/bash\nset -eux\n" + "".join(steps)


def launched(number: int, member: Member, place: Around, text: str) -> None:
    """One machine that takes everything but its place from its launch template."""
    template = aws.ec2.LaunchTemplate(
        f"{member.name}-template",
        image_id="ami-0f00ba4e57a71e000",
        instance_type="i4i.large",
        user_data=encoded(text),
        iam_instance_profile=aws.ec2.LaunchTemplateIamInstanceProfileArgs(arn=place.profile.arn),
        metadata_options=aws.ec2.LaunchTemplateMetadataOptionsArgs(
            http_tokens="required", http_put_response_hop_limit=1, http_endpoint="enabled"
        ),
    )
    machine = aws.ec2.Instance(
        member.name,
        launch_template=aws.ec2.InstanceLaunchTemplateArgs(id=template.id, version="$Latest"),
        availability_zone=clouds.ZONES[number],
        subnet_id=place.home.subnets[number].id,
        private_ip=member.address,
        vpc_security_group_ids=[place.group.id],
        root_block_device=aws.ec2.InstanceRootBlockDeviceArgs(encrypted=True),
    )
    clouds.etcd_volume(f"{member.name}-data", machine, clouds.ZONES[number])


def program(*, bad: bool) -> None:
    """Three members; with the fault clients need no certificate."""
    place = members.around("south", "10.42.0.0/16")
    everyone = members.trio(place.home)
    for n, member in enumerate(everyone):
        options = members.options(member, everyone, "south-2026")
        if bad:
            del options["client-cert-auth"]
        launched(n, member, place, script(options, place.bucket))


PAIR = Pair(
    name="unit-flags-open-clients",
    program=program,
    idea="etcd accepts clients without a certificate: the option client-cert-auth is missing",
    expected=frozenset({"P10"}),
)
