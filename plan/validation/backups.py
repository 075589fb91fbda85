"""Snapshots often enough, some of them kept, in a folder that can be one (requirements OPS-02)."""

import posixpath
from collections.abc import Iterator

from plan.refusal import Refusal
from plan.settings.backups import HostBackups
from plan.settings.cluster import Settings

LEAST_OFTEN = 24  # hours
FEWEST = 2
DATA = ("/var/lib/etcd", "/var/lib/quorate", "/etc/kubernetes")  # emptied when a node leaves


def place(settings: Settings) -> Iterator[Refusal]:
    """On AWS backups are a bucket's."""
    if settings.kind == "aws" and settings.backups != HostBackups():
        why, fix = "an instance's disk goes with the instance", "use `aws.backups`"
        yield Refusal(at="backups", bound="absent on AWS", got="given", why=why, fix=fix)


def often(settings: Settings) -> Iterator[Refusal]:
    """A timer that repeats every day."""
    given = settings.backups.every_hours
    if not 1 <= given <= LEAST_OFTEN or LEAST_OFTEN % given:
        why = "what was written since the last snapshot is lost with the cluster; the timer repeats every day"
        yield Refusal(at="backups.everyHours", bound="a divisor of 24, from 1 to 24 h", got=given, why=why, fix="use 6")


def kept(settings: Settings) -> Iterator[Refusal]:
    """One may be bad, or too young to be of use."""
    given = settings.backups.keep
    if given < FEWEST:
        why = "an error that is noticed late is in the newest snapshot too"
        yield Refusal(at="backups.keep", bound=f"at least {FEWEST}", got=given, why=why, fix="use 28")


def directory(settings: Settings) -> Iterator[Refusal]:
    """A folder that outlives what it is a copy of."""
    given = settings.backups.directory
    lost = any(given == path or given.startswith(f"{path}/") for path in DATA)
    if not given.startswith("/") or posixpath.normpath(given) != given or given == "/" or lost:
        yield Refusal(
            at="backups.directory",
            bound=f"an absolute path outside {', '.join(DATA)}",
            got=repr(given),
            why="a snapshot must still be there when the member's own data is not",
            fix="such as /var/backups/quorate, or a mount of storage elsewhere",
        )


def send(settings: Settings) -> Iterator[Refusal]:
    """Words of a command line."""
    for index, word in enumerate(settings.backups.send):
        if not word or not word.isprintable():
            yield Refusal(
                at=f"backups.send[{index}]",
                bound="a printable word",
                got=repr(word),
                why="each is one argument of the program; no shell reads them",
                fix="put the command into a script on the node and name it here",
            )
