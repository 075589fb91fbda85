"""Reports when the certificates in a stack's state expire; contacts no host, so it also works when all are down."""

import argparse
import json
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from operations.command import Command
from operations.environment import PROJECT, OperationFailed

SOON = 21  # days: leaves are renewed 30 days before they expire, so a leaf with fewer days left has missed an update
TYPES = ("tls:index/locallySignedCert:LocallySignedCert", "tls:index/selfSignedCert:SelfSignedCert")


@dataclass(frozen=True, kw_only=True)
class Ending:
    """One certificate; `days` may be negative."""

    name: str
    ends: datetime
    days: int


def endings(state: str, *, now: datetime) -> tuple[Ending, ...]:
    """Every certificate of an exported state, the next to expire first. `now` has a time zone."""
    return tuple(sorted(_endings(state, now), key=lambda one: (one.ends, one.name)))


def show(stack: str, *, days: int) -> int:
    """Print certificates that expire within `days`. Returns 1 if there are any, or no certificates at all."""
    found = endings(exported(stack), now=datetime.now(tz=UTC))
    if not found:
        print(f"{stack}: the state has no certificate")
        return 1
    soon = [one for one in found if one.days < days]
    for one in soon:
        print(f"! {one.name} expires on {one.ends:%Y-%m-%d}, in {one.days} days; `make up STACK={stack}` renews it")
    first = found[0]
    print(f"{stack}: {len(found)} certificates; the next to expire is {first.name}, in {first.days} days")
    return 1 if soon else 0


def _endings(state: str, now: datetime) -> Iterator[Ending]:
    for resource in json.loads(state)["deployment"].get("resources") or []:
        end = (resource.get("outputs") or {}).get("validityEndTime")
        if resource["type"] in TYPES and isinstance(end, str) and not resource.get("delete"):
            ends = datetime.fromisoformat(end)
            yield Ending(name=resource["urn"].rsplit("::", 1)[-1], ends=ends, days=(ends - now).days)


def exported(stack: str) -> str:
    """Read the state, with secrets encrypted. Raises `OperationFailed`."""
    done = subprocess.run(
        ["pulumi", "stack", "export", "--stack", stack], cwd=PROJECT, check=False, capture_output=True, text=True
    )
    if done.returncode:
        raise OperationFailed(f"the state of {stack!r} cannot be read: {done.stderr.strip()}")
    return done.stdout


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--days", type=int, default=SOON, help=f"warn this many days ahead (default: {SOON})")


COMMANDS = (
    Command(
        name="expiry",
        text="fail if a certificate in the state expires soon; contacts no host",
        arguments=_arguments,
        run=lambda given: show(given.stack, days=given.days),
    ),
)
