"""Snapshots of etcd on one's own hosts."""

from plan.settings.model import Model


class HostBackups(Model):
    """Each node saves snapshots of its own member. On AWS `aws.backups` says where they go."""

    every_hours: int = 6
    """Between two snapshots of one node; the nodes take turns, so that the newest is younger."""

    directory: str = "/var/backups/quorate"
    """A folder on each node, readable by root only. A mount of storage elsewhere makes it off-site."""

    keep: int = 28
    """How many stay on each node; the oldest go first."""

    send: tuple[str, ...] = ()
    """A program and its first words, run as root after each snapshot with the paths of the snapshot and of its
    description at the end: `[rclone, copy-files]`, or a script. A failure fails the backup. Credentials do not belong
    here, but into the program's own configuration on the node."""
