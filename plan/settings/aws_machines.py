"""Instances and their volumes."""

from typing import Literal

from plan.settings.model import Model

Size = Literal["small", "medium", "large", "xlarge"]
Architecture = Literal["amd64", "arm64"]


class Image(Model):
    """What an instance boots from: Debian 12 or later, or another system with systemd, cloud-init and Python 3.11."""

    id: str | None = None
    """`ami-...`. A new one replaces the nodes, one at a time. null: the newest of `name`, looked up when a node is
    created and then kept, so that a new image never replaces a running node by surprise."""

    owner: str = "136693071363"
    """Account that publishes it; the default is Debian's."""

    name: str | None = None
    """Name with wildcards; null: Debian 12 of the architecture."""

    architecture: Architecture = "amd64"
    """Must match the instance type."""


class EtcdVolume(Model):
    """The disk of one member (etcd hardware guide). It survives its instance."""

    type: Literal["gp3", "io2"] = "gp3"

    gibibytes: int = 20
    """At least twice etcd's quota: compaction needs room."""

    iops: int = 3_600

    throughput: int | None = None
    """Throughput of a gp3, in MiB/s; null: 125. Not for io2, whose throughput follows its IOPS."""


class Machines(Model):
    """All nodes are the same."""

    size: Size = "small"
    """Instance type and etcd volume from the size table, unless given below."""

    instance_type: str | None = None
    """null: that of the size."""

    etcd_volume: EtcdVolume | None = None
    """null: that of the size."""

    root_gibibytes: int = 30
    """Programs, images and logs; etcd's data is not there."""

    image: Image = Image()

    termination_protection: bool = True
    """Protects instances from termination by hand; the program may still replace them."""
