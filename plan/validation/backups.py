"""Snapshots are taken daily or more often, into a folder that survives the member (requirements OPS-02)."""

import posixpath
from collections.abc import Iterator

from plan.refusal import Refusal
from plan.settings.backups import HostBackups
from plan.settings.cluster import Settings
from plan.settings.syntax import is_node_path
from plan.visible import shown

LEAST_OFTEN = 24  # hours
DATA = ("/var/lib/etcd", "/var/lib/quorate", "/etc/kubernetes")  # deleted when a node is removed
# Kept in memory, emptied at a boot, or replaced by an update of the system.
UNSAFE = tuple(
    map("/{}".format, ("proc", "sys", "dev", "run", "var/run", "tmp", "var/tmp", "boot", "usr", "bin", "lib"))
)
# The folder becomes readable by root only, which breaks the system if it is one of these (FHS 3.0).
SYSTEM = ("/etc", "/home", "/media", "/mnt", "/opt", "/root", "/srv", "/var", "/var/lib", "/var/log", "/var/spool")


def place(settings: Settings) -> Iterator[Refusal]:
    """On AWS, backups are in a bucket."""
    if settings.kind == "aws" and settings.backups != HostBackups():
        why, fix = "an instance's disk is deleted with the instance", "use `aws.backups`"
        yield Refusal(at="backups", what="left out on AWS", found="set", why=why, fix=fix)


def often(settings: Settings) -> Iterator[Refusal]:
    """The timer repeats every day."""
    given = settings.backups.every_hours
    if 1 <= given <= LEAST_OFTEN and LEAST_OFTEN % given:
        why = "the timer repeats every day"
        yield Refusal(at="backups.everyHours", what="a divisor of 24", found=f"{given} h", why=why, fix="use 6")


def directory(settings: Settings) -> Iterator[Refusal]:
    """The folder survives the loss of the member's data."""
    given = settings.backups.directory
    if not is_node_path(given) or posixpath.normpath(given) != given:
        what = "an absolute path in its shortest form, of ASCII letters, digits and simple punctuation"
        why, reason = "it becomes part of unit files and command lines on the nodes", shown(given)
    elif (inside := _inside(given, DATA)) or (inside := _inside(given, UNSAFE)):
        what, why = f"a folder outside {inside}", "a snapshot must survive when the member's data is lost"
        reason = shown(given)
    elif given in SYSTEM or any(path.startswith(f"{given}/") for path in DATA):
        what, why = "a separate folder", "it becomes readable by root only, and other programs need it"
        reason = shown(given)
    else:
        return
    fix = "such as /var/backups/quorate, or a mount of storage elsewhere"
    yield Refusal(at="backups.directory", what=what, found=reason, why=why, fix=fix)


def _inside(path: str, folders: tuple[str, ...]) -> str | None:
    return next((folder for folder in folders if path == folder or path.startswith(f"{folder}/")), None)


def send(settings: Settings) -> Iterator[Refusal]:
    """Every argument is valid on a command line."""
    for index, word in enumerate(settings.backups.send):
        if not word or not word.isprintable():
            yield Refusal(
                at=f"backups.send[{index}]",
                what="a printable word",
                found=shown(word),
                why="each is one argument of the program; no shell reads them",
                fix="put the command into a script on the node and name it here",
            )
