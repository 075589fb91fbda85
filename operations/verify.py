"""Verifies an environment: each check reports what it found and how to fix it (requirement OPS-26)."""

import argparse
import json
import time
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass

from operations.agent import ask, every
from operations.checks import EVERYWHERE, Check, checks
from operations.command import Command
from operations.environment import Environment, Host, OperationFailed
from operations.stack import environment

APART_SECONDS = 0.5  # etcd warns above one second; seconds; larger differences affect leases and certificates
CLOCK, MEMBER = "clock", "etcd health"


@dataclass(frozen=True, kw_only=True)
class Examined:
    """One node's checks, and its clock compared with this computer's: between `earliest` and `latest`, in seconds."""

    checks: tuple[Check, ...]
    earliest: float
    latest: float


def verify(of: Environment) -> list[Check]:
    """Run every check. A check that cannot run counts as failed; it is never an error."""
    nodes = every(of.hosts, _examine)
    found = [check for node in nodes.values() for check in node.checks]
    return [*found, *_agreement(nodes), *checks(of)]


def _examine(host: Host) -> Examined:
    before = time.time()
    try:
        answer = ask(host, "examine", seconds=60)
    except OperationFailed as failure:
        fix = "turn it on, or repair the network; `replace` recreates a lost node"
        return Examined(
            checks=(Check(subject="agent", where=host.name, well=False, seen=str(failure), fix=fix),),
            earliest=0.0,
            latest=0.0,
        )
    found = answer.values["findings"].items()
    told = next(float(one["seen"].text()) for one in found if one["subject"].text() == CLOCK)
    return Examined(
        checks=tuple(
            Check(
                subject=one["subject"].text(),
                where=host.name,
                well=one["well"].flag(),
                seen=one["seen"].text(),
                fix=one["fix"].text(),
            )
            for one in found
            if one["subject"].text() != CLOCK
        ),
        earliest=told - time.time(),
        latest=told - before,
    )


def _agreement(nodes: Mapping[str, Examined]) -> Iterator[Check]:
    """Compare what the nodes report."""
    views = {
        check.where: check.seen
        for node in nodes.values()
        for check in node.checks
        if check.subject == MEMBER and check.well
    }
    yield Check(
        subject="etcd's members agree",
        where=EVERYWHERE,
        well=len(set(views.values())) == 1 and len(views) == len(nodes),
        seen="; ".join(sorted(set(views.values()))) or "no member is healthy",
        fix="members of two clusters, or a member without a leader: docs/disaster-recovery.md",
    )
    heard = [node for node in nodes.values() if node.earliest or node.latest]
    apart = max((node.earliest for node in heard), default=0) - min((node.latest for node in heard), default=0)
    yield Check(
        subject="clocks",
        where=EVERYWHERE,
        well=apart < APART_SECONDS,
        seen=f"at least {apart:.1f} s apart" if apart > 0 else "no measurable difference",
        fix="`chronyc tracking` on the nodes",
    )


def show(found: list[Check], *, as_json: bool) -> int:
    """Print the checks. Returns 0 if all pass, 1 otherwise."""
    well = all(check.well for check in found)
    if as_json:
        print(json.dumps({"well": well, "checks": [asdict(check) for check in found]}, indent=2))
        return 0 if well else 1
    width = max(len(f"{check.where} {check.subject}") for check in found)
    for check in found:
        print(f"{'ok    ' if check.well else 'NOT OK'}  {f'{check.where} {check.subject}':<{width}}  {check.seen}")
        if not check.well:
            print(f"        {'':<{width}}  -> {check.fix}")
    failed = sum(not check.well for check in found)
    print(f"{len(found)} checks, {failed or 'none'} of them not ok")
    return 0 if well else 1


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="for machines")


COMMANDS = (
    Command(
        name="verify",
        text="run every check of a deployment and print fixes; fails if a check is not ok",
        arguments=_arguments,
        run=lambda given: show(verify(environment(given.stack)), as_json=given.json),
    ),
)
