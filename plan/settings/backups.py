"""Snapshots of etcd on your own hosts."""

from plan.settings.model import Model


class HostBackups(Model):
    """Each node saves snapshots of its own member. On AWS `aws.backups` applies instead."""

    every_hours: int = 6
    """Hours between two snapshots of one node; the nodes take turns, so that the newest one is younger."""

    directory: str = "/var/backups/quorate"
    """A folder on each node, readable by root only. With a remote mount the backups are off-site."""

    keep: int = 28
    """How many are kept on each node; the oldest are deleted first."""

    send: tuple[str, ...] = ()
    """A program and its first words, run as root after each snapshot with the paths of the snapshot and of its
    description at the end: `[rclone, copy-files]`, or a script. A failure fails the backup. Credentials do not belong
    here, but in the program's own configuration on the node."""
