"""Commands that operators run on a node, such as snapshot, restore, defragmentation and health checks."""

import argparse
import shutil
import sys
import tempfile
from pathlib import Path

from agent.defragmentation import defragment
from agent.examination import examine
from agent.kubernetes import encryption
from agent.model.events import Events
from agent.model.wanted import read as wanted
from agent.restore.end import settle
from agent.restore.order import read
from agent.restore.phases import Restore
from agent.rotation import trust
from agent.snapshots import folder
from agent.snapshots.proof import prove
from agent.snapshots.taking import take
from agent.system.files import make_directory
from agent.system.host import Host
from agent.system.memory import Memory

COMMANDS = ("snapshot", "snapshots", "restore", "defragment", "encryption", "encrypted", "trust", "examine", "prove")
PHASES = ("judge", "prepare", "stop", "switch", "settle", "abandon", "drop")


def arguments(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Adds the commands."""
    snapshot = commands.add_parser("snapshot", help="on standard output, after the line of its description")
    snapshot.add_argument("--alone", action="store_true", help="even though this member follows no leader")
    listing = commands.add_parser("snapshots", help="list the snapshots on this node, or write one to standard output")
    listing.add_argument("--send", metavar="NAME")
    restore = commands.add_parser("restore", help="run one phase; the order is the first line of standard input")
    restore.add_argument("phase", choices=PHASES)
    commands.add_parser("defragment", help="release unused pages of this node's database when it is this node's turn")
    commands.add_parser("encryption", help="which keys encrypt")
    commands.add_parser("encrypted", help="report which objects in etcd need which key")
    commands.add_parser("trust", help="report which authorities this node trusts")
    commands.add_parser("prove", help="start a temporary member from the newest snapshot, and read its content")
    commands.add_parser("examine", help="check that everything on this node is healthy")


def operate(given: argparse.Namespace, host: Host, events: Events) -> int:
    """Run one command; returns the exit status. Raises Failed, Malformed, OSError."""
    match given.command:
        case "snapshot":
            _snapshot(host, events, alone=given.alone)
        case "snapshots" if given.send:
            _send(host, events, given.send)
        case "snapshots":
            to = folder.store(host)
            kept = folder.kept(host.path(to.directory)) if to else []
            listed = [{"name": one.path.name, "about": one.about.text()} for one in kept]
            events.answer(f"{len(listed)} snapshots", snapshots=listed)
        case "restore":
            _restore(given.phase, host, events)
        case "defragment":
            before, after = defragment(host, wanted(Memory(host).wanted), events)
            events.answer(f"{before} bytes before, {after} after", before=before, after=after)
        case "encryption":
            events.answer("keys", **encryption.report(host, wanted(Memory(host).wanted)))
        case "encrypted":
            events.answer("objects", **encryption.objects(host, wanted(Memory(host).wanted)))
        case "prove":
            return _prove(host, events)
        case "trust":
            events.answer("authorities", **trust(host))
        case _:
            found = examine(host, wanted(Memory(host).wanted))
            events.answer("examined", findings=[one.values() for one in found])
    return 0


def _prove(host: Host, events: Events) -> int:
    proof = prove(host)
    text = f"{proof.snapshot}: {proof.seen}"
    if proof.well:
        events.answer(text)
        return 0
    events.result(ok=False, text=text, changed=[], member=False, found=[])
    return 1


def _snapshot(host: Host, events: Events, *, alone: bool) -> None:
    make_directory(host.state(""), mode=0o700)
    with tempfile.TemporaryDirectory(dir=host.state(""), prefix="snapshot-") as place:
        path = Path(place) / "snapshot.db"
        events.step("backup", "applying", "taking a snapshot")
        about = take(host, path, alone=alone)
        events.answer(str(about), about=about.text())
        _pour(path)


def _send(host: Host, events: Events, name: str) -> None:
    to = folder.store(host)
    kept = {one.path.name: one for one in folder.kept(host.path(to.directory))} if to else {}
    if name not in kept:
        events.result(ok=False, text=f"this node keeps no {name}", changed=[], member=False, found=[])
        return
    events.answer(name, about=kept[name].about.text())
    _pour(kept[name].path)


def _pour(path: Path) -> None:
    """Write a file's bytes after the last line of events."""
    with path.open("rb") as source:
        shutil.copyfileobj(source, sys.stdout.buffer)
    sys.stdout.buffer.flush()


def _restore(phase: str, host: Host, events: Events) -> None:
    restore = Restore(host, events)
    order = read(sys.stdin.buffer.readline(), at="the order")
    match phase:
        case "judge":
            events.answer(phase, **restore.judge(order))
        case "prepare":
            restore.prepare(order, sys.stdin.buffer)
            events.answer(phase)
        case "stop":
            restore.stop(order)
            events.answer(phase)
        case "switch":
            events.answer(phase, aside=restore.switch(order))
        case "settle":
            events.answer(phase, serves=settle(host, restore, order))
        case "abandon":
            restore.abandon(order)
            events.answer(phase)
        case _:
            restore.drop()
            events.answer("nothing of the restore is left")
