"""Takes snapshots of etcd to this computer, and lists them."""

import argparse
import json
from datetime import UTC, datetime
from pathlib import Path

from agent.model.json_reading import Malformed
from agent.snapshots import description
from agent.snapshots.description import Description
from operations import snapshots, status
from operations.agent import ask, every, say
from operations.aws import backups as stored
from operations.command import Command, Given
from operations.environment import Environment, Host, OperationFailed
from operations.stack import environment


def back_up(of: Environment, *, to: Path, keep: int | None, survivor: str | None) -> snapshots.Snapshot:
    """Take a snapshot on a healthy node, verify it there, copy it here, verify it again. Raises `OperationFailed`."""
    source = of.host(survivor) if survivor else _source(of)
    words = ("snapshot", "--alone") if survivor else ("snapshot",)
    made = snapshots.receive(to, lambda file: ask(source, *words, into=file, seconds=3600))
    for old in snapshots.kept(to)[keep:] if keep else ():
        if old.about.cluster == of.cluster and old.path != made.path:
            old.path.unlink()
            old.path.with_suffix(".json").unlink()
    return made


def listed(of: Environment, *, here: Path) -> list[tuple[str, Description]]:
    """List every known snapshot with the name that `restore` takes, newest first."""
    found = [(str(one.path), one.about) for one in snapshots.kept(here) if one.about.cluster == of.cluster]

    def on(host: Host) -> list[tuple[str, Description]]:
        try:
            answer = ask(host, "snapshots", seconds=60)
            return [
                (f"{host.name}:{one['name'].text()}", description.read(one["about"].text(), at=host.name))
                for one in answer.values["snapshots"].items()
            ]
        except (OperationFailed, Malformed) as failure:
            say(host.name, f"is skipped: {failure}")
            return []

    for those in every(of.hosts, on).values():
        found += those
    try:
        found += stored.listed(of)
    except OperationFailed as failure:
        say("bucket", f"is skipped: {failure}")
    return sorted(found, key=lambda one: one[1].at, reverse=True)


def _source(of: Environment) -> Host:
    """Prefer a follower: a snapshot puts read load on its member."""
    nodes = [node for node in status.gather(of) if node.voter]
    if not nodes:
        raise OperationFailed(
            "no etcd member is healthy, so a snapshot could miss committed data. After the loss of a quorum, "
            "`--survivor NODE` saves the data of one member; docs/disaster-recovery.md says when to use it"
        )
    return of.host(min(nodes, key=lambda node: node.leads).name)


def _backup(given: Given) -> None:
    of = environment(given.stack)
    to = Path(given.to) if given.to else snapshots.folder(given.stack)
    if given.keep is not None and given.keep < 1:
        raise OperationFailed(f"--keep must be at least 1, which is the new snapshot itself; got {given.keep}")
    if given.dry_run:
        source = of.host(given.survivor) if given.survivor else _source(of)
        print(f"would take a snapshot on {source.name}, verify it and store it in {to}")
        return
    made = back_up(of, to=to, keep=given.keep, survivor=given.survivor)
    print(f"{made.path}\n{made.about}; SHA-256 {made.about.sha256}")
    print("Copy it off-site: docs/operations/backup.md. Keep the Pulumi state and its passphrase too.")


def _backups(given: Given) -> None:
    found = listed(environment(given.stack), here=Path(given.to) if given.to else snapshots.folder(given.stack))
    if given.json:
        print(json.dumps([{"name": name, **json.loads(about.text())} for name, about in found], indent=2))
        return
    for name, about in found:
        age = (datetime.now(UTC) - datetime.fromisoformat(about.at)).total_seconds() / 3600
        print(f"{age:7.1f} h  revision {about.revision:<12} {about.size / 1024**2:8.1f} MiB  {name}")
    if not found:
        print("no snapshots found; `python -m operations backup` takes one")


def _place(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--to", metavar="FOLDER", help="folder on this computer (default: .quorate/backups/STACK)")


def _backup_arguments(parser: argparse.ArgumentParser) -> None:
    _place(parser)
    parser.add_argument("--keep", type=int, help="keep only this many snapshots of this cluster there (default: all)")
    parser.add_argument("--survivor", metavar="NODE", help="after the loss of a quorum: save the data of this member")
    parser.add_argument("--dry-run", action="store_true", help="print what would be done")


def _backups_arguments(parser: argparse.ArgumentParser) -> None:
    _place(parser)
    parser.add_argument("--json", action="store_true", help="for machines")


COMMANDS = (
    Command(
        name="backup",
        text="take a snapshot of etcd, verify it, and copy it to this computer",
        arguments=_backup_arguments,
        run=_backup,
    ),
    Command(
        name="backups",
        text="list the snapshots on this computer, on the nodes and in the bucket on AWS, newest first",
        arguments=_backups_arguments,
        run=_backups,
    ),
)
