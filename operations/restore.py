"""Restores every etcd member from one snapshot: prepares the data while the cluster runs, then switches all nodes.

All checks run before anything is stopped. Each phase can be repeated, so the same command finishes an interrupted
restore.
"""

import argparse
import json
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from agent.model.json_reading import Json
from agent.restore.order import Order
from operations import snapshots
from operations.agent import Answer, Payload, ask, every, say
from operations.aws import backups
from operations.command import Command, Given
from operations.consent import consent
from operations.environment import Environment, Host, OperationFailed
from operations.snapshots import Snapshot
from operations.stack import environment

STOPPED = "API servers and etcd are stopped. Run the same command again to continue"


@dataclass
class Clock:
    """Seconds from the start of the command to each milestone."""

    started: float = field(default_factory=time.monotonic)
    marks: dict[str, float] = field(default_factory=dict)

    def mark(self, what: str) -> None:
        """Record a milestone and print it."""
        self.marks[what] = round(time.monotonic() - self.started, 2)
        say("", f"{self.marks[what]:6.1f} s  {what}")


@dataclass(frozen=True, kw_only=True)
class Restored:
    """`aside`: where each node keeps its previous data; `unfinished`: nodes that have no control plane yet."""

    token: str
    aside: Mapping[str, str]
    unfinished: tuple[str, ...]


def judge(of: Environment, order: Order) -> Order:
    """The order to execute; that of an interrupted restore of the same snapshot, if there is one. Changes nothing.

    Raises `OperationFailed` with every node's objections.
    """
    answers = {name: answer.values for name, answer in _phase(of, "judge", order).items()}
    names = sorted(host.name for host in of.hosts)
    for name, said in answers.items():
        members = sorted(member.text() for member in said["members"].items())
        if members != names:
            raise OperationFailed(
                f"{name} has the member list {', '.join(members)}, but the stack has {', '.join(names)}: "
                "a change of nodes is incomplete. A restore needs one list: revert the change, or finish it"
            )
    token = interrupted(list(answers.values()))
    return replace(order, token=token) if token else order


def interrupted(answers: list[Json]) -> str | None:
    """The token, if nodes have prepared data under one token and none has removed its order yet.

    If a node serves the restored data and another has no order, the restore had finished and only its cleanup was
    interrupted. Repeating it under the same token would return a member to a state before votes that it already cast.
    """
    tokens = [answer["token"].text("") for answer in answers]
    known = {token for token in tokens if token}
    served = any(answer["switched"].flag() for answer in answers)
    return known.pop() if len(known) == 1 and (all(tokens) or not served) else None


def restore(of: Environment, snapshot: Snapshot, order: Order, clock: Clock) -> Restored:
    """Execute a restore that every node has accepted. Raises `OperationFailed`."""
    try:
        _phase(of, "prepare", order, file=snapshot.path)
    except OperationFailed as failure:
        _quietly(of, "drop", order)
        raise OperationFailed(f"{failure}\nNothing was stopped; the cluster is unchanged") from None
    clock.mark("data is ready on every node")
    try:
        _phase(of, "stop", order)
    except OperationFailed as failure:
        _quietly(of, "abandon", order)
        raise OperationFailed(f"{failure}\nThe other nodes were started again with their current data") from None
    clock.mark("API servers and etcd are stopped")
    try:
        switched = _phase(of, "switch", order)
        clock.mark("etcd starts from the snapshot")
        settled = _phase(of, "settle", order)
    except OperationFailed as failure:
        raise OperationFailed(f"{failure}\n{STOPPED}") from None
    clock.mark("every API server has accepted a write")
    _phase(of, "drop", order)
    aside = {name: answer.values["aside"].text("") for name, answer in switched.items()}
    return Restored(
        token=order.token,
        aside={name: place for name, place in aside.items() if place},
        unfinished=tuple(name for name, answer in settled.items() if not answer.values["serves"].flag()),
    )


def _phase(of: Environment, name: str, order: Order, *, file: Path | None = None) -> Mapping[str, Answer]:
    payload = Payload(line=order.text(), file=file)

    def one(host: Host) -> Answer:
        return ask(host, "restore", name, payload=payload, seconds=3600)

    return every(of.hosts, one)


def _quietly(of: Environment, phase: str, order: Order) -> None:
    """Run on every node that responds; an unresponsive node can be the reason for the restore."""

    def one(host: Host) -> None:
        try:
            ask(host, "restore", phase, payload=Payload(line=order.text()), seconds=120)
        except OperationFailed as failure:
            say(host.name, str(failure))

    every(of.hosts, one)


def chosen(of: Environment, name: str, stack: str) -> Snapshot:
    """Find the snapshot: a file on this computer, one on a node, or one in a bucket."""
    if name.startswith(backups.SCHEME):
        return backups.fetch(of, name, to=snapshots.folder(stack))
    node, colon, kept = name.partition(":")
    if colon and "/" not in node and not Path(name).exists():
        source = of.host(node)
        return snapshots.receive(
            snapshots.folder(stack), lambda file: ask(source, "snapshots", f"--send={kept}", into=file, seconds=3600)
        )
    return snapshots.load(Path(name))


def _order(snapshot: Snapshot, *, foreign: bool) -> Order:
    token = f"quorate-{snapshot.about.cluster}-{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}"
    return Order(about=snapshot.about, token=token, foreign=foreign)


def _run(given: Given) -> None:
    clock = Clock()
    if given.order:
        print(_order(snapshots.load(Path(given.snapshot)), foreign=given.foreign).text(), end="")
        return
    of = environment(given.stack)
    snapshot = chosen(of, given.snapshot, given.stack)
    order = judge(of, _order(snapshot, foreign=given.foreign))
    age = datetime.now(UTC) - datetime.fromisoformat(snapshot.about.at)
    hours = f"{age.total_seconds() / 3600:.1f} h ago"
    names = ", ".join(host.name for host in of.hosts)
    if given.dry_run:
        print(f"{names} would be restored to {snapshot.about}, {hours}; every node accepts it. Nothing was changed")
        return
    consent(
        f"This restores cluster {of.cluster!r} to {snapshot.about} ({hours}).\n"
        f"Everything written since then is lost. {names} stop serving for about twenty seconds.",
        word=of.cluster,
        yes=given.yes,
    )
    clock.started = time.monotonic()
    done = restore(of, snapshot, order, clock)
    if given.json:
        told = {"token": done.token, "seconds": clock.marks, "aside": dict(done.aside)}
        print(json.dumps({**told, "unfinished": done.unfinished, "snapshot": json.loads(snapshot.about.text())}))
        return
    down = clock.marks["every API server has accepted a write"] - clock.marks["data is ready on every node"]
    print(f"{of.cluster} serves the snapshot of {snapshot.about.at}; it accepted no writes for {down:.1f} s")
    for name, place in done.aside.items():
        print(f"  {name} keeps its previous data in {place}; remove it once you no longer need it")
    if done.unfinished:
        print(f"  {', '.join(done.unfinished)}: etcd serves; `make up STACK={given.stack}` creates the control plane")


def _arguments(parser: argparse.ArgumentParser) -> None:
    what = "a file with its description next to it, or NODE:NAME or s3://... as listed by `backups`"
    parser.add_argument("snapshot", help=what)
    parser.add_argument("--yes", action="store_true", help="do not ask")
    parser.add_argument("--dry-run", action="store_true", help="run every node's checks and change nothing")
    parser.add_argument(
        "--foreign",
        action="store_true",
        help="accept a snapshot with another authority or other encryption keys: Secrets in it may be unreadable",
    )
    parser.add_argument("--json", action="store_true", help="for machines")
    parser.add_argument(
        "--order", action="store_true", help="only print the order for the nodes, for hosts that are not reached by SSH"
    )


COMMANDS = (
    Command(
        name="restore",
        text="restore etcd from a snapshot on all nodes; asks first",
        arguments=_arguments,
        run=_run,
    ),
)
