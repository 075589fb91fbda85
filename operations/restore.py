"""Every member of etcd from one snapshot: made ready beside the running cluster, then switched on all nodes at once.

Whatever can be refused is refused before anything is stopped. Each phase may be repeated, so an interrupted restore is
finished by the same command.
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
from operations.command import Command, Given
from operations.consent import consent
from operations.environment import Environment, Host, OperationFailed
from operations.snapshots import Snapshot
from operations.stack import environment

STOPPED = "API servers and etcd are stopped. Run the same command again: it goes on where it was cut"


@dataclass
class Clock:
    """Seconds since the command began, by what was reached then."""

    begun: float = field(default_factory=time.monotonic)
    marks: dict[str, float] = field(default_factory=dict)

    def mark(self, what: str) -> None:
        """Note it, and show it."""
        self.marks[what] = round(time.monotonic() - self.begun, 2)
        say("", f"{self.marks[what]:6.1f} s  {what}")


@dataclass(frozen=True, kw_only=True)
class Restored:
    """`aside`: where each node keeps its former data; `unfinished`: nodes that have no control plane yet."""

    token: str
    aside: Mapping[str, str]
    unfinished: tuple[str, ...]


def judge(of: Environment, order: Order) -> Order:
    """The order to carry out: of an interrupted restore of the same snapshot, if there is one. Changes nothing.

    Raises `OperationFailed` with what every node objects to.
    """
    answers = {name: answer.values for name, answer in _phase(of, "judge", order).items()}
    names = sorted(host.name for host in of.hosts)
    for name, said in answers.items():
        members = sorted(member.text() for member in said["members"].items())
        if members != names:
            raise OperationFailed(
                f"{name} was told that the members are {', '.join(members)}, but the stack has {', '.join(names)}: "
                "a change of nodes is half done. Restore needs one list: take the change back, or finish it"
            )
    token = interrupted(list(answers.values()))
    return replace(order, token=token) if token else order


def interrupted(answers: list[Json]) -> str | None:
    """Its token, when data is ready on nodes under one token and none has thrown its order away already.

    A node that serves the restored data beside one without an order is what a finished restore leaves when only its
    tidying was cut; to repeat that under the same token would give a member back a past in which it had not voted.
    """
    tokens = [answer["token"].text("") for answer in answers]
    known = {token for token in tokens if token}
    served = any(answer["switched"].flag() for answer in answers)
    return known.pop() if len(known) == 1 and (all(tokens) or not served) else None


def restore(of: Environment, snapshot: Snapshot, order: Order, clock: Clock) -> Restored:
    """Carry out an order that every node has judged. Raises `OperationFailed`."""
    try:
        _phase(of, "prepare", order, file=snapshot.path)
    except OperationFailed as failure:
        _quietly(of, "drop", order)
        raise OperationFailed(f"{failure}\nNothing was stopped; the cluster is as it was") from None
    clock.mark("data is ready on every node")
    try:
        _phase(of, "stop", order)
    except OperationFailed as failure:
        _quietly(of, "abandon", order)
        raise OperationFailed(f"{failure}\nThe other nodes were started again with their present data") from None
    clock.mark("API servers and etcd are stopped")
    try:
        switched = _phase(of, "switch", order)
        clock.mark("etcd starts from the snapshot")
        settled = _phase(of, "settle", order)
    except OperationFailed as failure:
        raise OperationFailed(f"{failure}\n{STOPPED}") from None
    clock.mark("every API server has taken a write")
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
    """On every node that answers: a node that does not is why this is done."""

    def one(host: Host) -> None:
        try:
            ask(host, "restore", phase, payload=Payload(line=order.text()), seconds=120)
        except OperationFailed as failure:
            say(host.name, str(failure))

    every(of.hosts, one)


def _chosen(of: Environment, name: str, stack: str) -> Snapshot:
    """A file of this computer, or one that a node keeps."""
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
    snapshot = _chosen(of, given.snapshot, given.stack)
    order = judge(of, _order(snapshot, foreign=given.foreign))
    age = datetime.now(UTC) - datetime.fromisoformat(snapshot.about.at)
    hours = f"{age.total_seconds() / 3600:.1f} h ago"
    names = ", ".join(host.name for host in of.hosts)
    if given.dry_run:
        print(f"{names} would be restored to {snapshot.about}, {hours}; no node objects. Nothing was changed")
        return
    consent(
        f"This puts cluster {of.cluster!r} back to {snapshot.about} ({hours}).\n"
        f"Everything written since then is lost. {names} stop serving for about twenty seconds.",
        word=of.cluster,
        yes=given.yes,
    )
    clock.begun = time.monotonic()
    done = restore(of, snapshot, order, clock)
    if given.json:
        told = {"token": done.token, "seconds": clock.marks, "aside": dict(done.aside)}
        print(json.dumps({**told, "unfinished": done.unfinished, "snapshot": json.loads(snapshot.about.text())}))
        return
    down = clock.marks["every API server has taken a write"] - clock.marks["data is ready on every node"]
    print(f"{of.cluster} serves the snapshot of {snapshot.about.at}; it could not be written for {down:.1f} s")
    for name, place in done.aside.items():
        print(f"  {name} keeps its former data in {place}; remove it when nobody misses anything")
    if done.unfinished:
        print(
            f"  {', '.join(done.unfinished)}: etcd serves, the control plane is made by `make up STACK={given.stack}`"
        )


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("snapshot", help="a file with its description beside it, or NODE:NAME as `backups` lists it")
    parser.add_argument("--yes", action="store_true", help="do not ask")
    parser.add_argument("--dry-run", action="store_true", help="ask every node whether it could, and change nothing")
    parser.add_argument(
        "--foreign",
        action="store_true",
        help="although its authority or encryption keys are not this cluster's: Secrets in it may be unreadable",
    )
    parser.add_argument("--json", action="store_true", help="for machines")
    parser.add_argument(
        "--order", action="store_true", help="only print what nodes are told, for hosts that are not reached by SSH"
    )


COMMANDS = (
    Command(
        name="restore",
        text="put etcd back to a snapshot, on all nodes; asks first",
        arguments=_arguments,
        run=_run,
    ),
)
