"""The metadata of an instance (EC2 User Guide, "Instance metadata categories")."""

import json
from collections.abc import Mapping

from workbench.cloud.state import Instance

DNS = "compute.internal"


def host_name(instance: Instance) -> str:
    """The name that AWS gives to an address of the VPC (resource type `ip-name`)."""
    domain = "ec2.internal" if instance.region == "us-east-1" else f"{instance.region}.{DNS}"
    return f"ip-{instance.address.replace('.', '-')}.{domain}"


def metadata(instance: Instance, role: str | None, credentials: str | None) -> Mapping[str, str]:
    """Paths below `meta-data/` with their texts. `credentials`: JSON, None until IAM provides them."""
    name = host_name(instance)
    interface = f"network/interfaces/macs/{instance.mac}"
    found = {
        "ami-id": instance.image,
        "ami-launch-index": "0",
        "hostname": name,
        "instance-action": "none",
        "instance-id": instance.id,
        "instance-life-cycle": "on-demand",
        "instance-type": instance.type,
        "local-hostname": name,
        "local-ipv4": instance.address,
        "mac": instance.mac,
        f"{interface}/device-number": "0",
        f"{interface}/local-hostname": name,
        f"{interface}/local-ipv4s": instance.address,
        f"{interface}/mac": instance.mac,
        f"{interface}/owner-id": instance.account,
        f"{interface}/security-group-ids": "\n".join(instance.groups),
        f"{interface}/subnet-id": instance.subnet.id,
        f"{interface}/subnet-ipv4-cidr-block": str(instance.subnet.cidr),
        f"{interface}/vpc-id": instance.subnet.vpc,
        f"{interface}/vpc-ipv4-cidr-block": str(instance.subnet.vpc_cidr),
        "placement/availability-zone": instance.subnet.zone,
        "placement/region": instance.region,
        "security-groups": "\n".join(instance.groups),
        "services/domain": "amazonaws.com",
        "services/partition": "aws",
    }
    if instance.key is not None:
        found["public-keys/0/openssh-key"] = instance.key
    if role is not None and credentials is not None:
        found[f"iam/security-credentials/{role}"] = credentials
    return found


def document(instance: Instance) -> str:
    """The instance identity document."""
    return json.dumps(
        {
            "accountId": instance.account,
            "architecture": "x86_64",
            "availabilityZone": instance.subnet.zone,
            "imageId": instance.image,
            "instanceId": instance.id,
            "instanceType": instance.type,
            "privateIp": instance.address,
            "region": instance.region,
            "version": "2017-09-30",
        },
        indent=2,
    )


def listing(tree: Mapping[str, str], path: str) -> str | None:
    """The text at a path below `meta-data/`, or the names below it; None if the path does not exist."""
    wanted = path.strip("/")
    if wanted in tree:
        return tree[wanted]
    prefix = f"{wanted}/" if wanted else ""
    names = {
        name + ("/" if rest else "")
        for name, _, rest in (each.removeprefix(prefix).partition("/") for each in tree if each.startswith(prefix))
    }
    if wanted == "public-keys" and names:
        return "0=key"
    return "\n".join(sorted(names)) or None
