"""Upgrades Kubernetes or etcd: checks the preconditions first, and rolls back if a node fails."""

import argparse
import time
from collections.abc import Iterator
from pathlib import Path

from operations import backup, snapshots, status, versions
from operations.command import Command, Given
from operations.consent import consent
from operations.environment import PROJECT, Environment, OperationFailed
from operations.stack import environment
from operations.stack_file import StackFile
from operations.stack_file import arguments as file_arguments
from operations.verify import verify
from plan.loading.configuration import with_digests
from plan.refusal import Refusal, Refused
from plan.settings import Settings
from plan.upgrades import Running, Versions, may_return, oldest, problems, release

PROGRAMS = {"controlPlane.kubernetesVersion": "bin/kubeadm", "etcd.version": "bin/etcd"}
# seconds; a kubelet reports its version when it starts, and the last node's has only just started
SETTLED_SECONDS = 60.0


def upgrade(given: Given) -> None:
    """Bring every node to the wanted versions, one at a time. Can always be run again. Raises `OperationFailed`."""
    of, file, values = environment(given.stack), StackFile(given.stack, given.config_file), _values(given)
    before, nodes = file.settings(), versions.running(of, status.gather(of))
    now = _versions(before)
    versions.show(nodes)
    with file.draft() as draft:
        draft.write(values)
        after = draft.settings()
        wanted = _versions(after)
        if now == wanted:
            if all(node.runs(wanted) for node in nodes):
                print(f"every node runs {_named(wanted)}; nothing to do")
                return
            _require_continuable(wanted, nodes)
        else:
            _require(of, before, after, nodes)
        if given.dry_run or not given.yes:
            draft.preview()
    if given.dry_run:
        print("nothing was changed")
        return
    what = f"{of.cluster} goes from {_named(now)} to {_named(wanted)}, one node at a time."
    consent(what, word=given.stack, yes=given.yes)
    # If the nodes already differ, an interrupted upgrade has taken the snapshot before.
    if now != wanted and not given.without_backup:
        made = backup.back_up(of, to=snapshots.folder(of.stack), keep=None, survivor=None)
        print(f"snapshot from before the upgrade: {made.path}", flush=True)
    kept = file.file.read_bytes()
    file.write(values)
    try:
        file.up(yes=True)
    except OperationFailed as failure:
        _after_failure(failure, of, file, kept=kept, now=now, wanted=wanted)
    _settle(of, wanted)
    print(f"done: {_named(wanted)} on every node; commit {file.file.name}")


def _values(given: Given) -> dict[str, str]:
    asked = {
        "controlPlane.kubernetesVersion": given.kubernetes,
        "etcd.version": given.etcd,
        "artifacts.store": given.store,
        "artifacts.manifest": given.manifest,
    }
    values = {path: str(value) for path, value in asked.items() if value is not None}
    if not values.keys() & PROGRAMS.keys():
        raise OperationFailed("name the wanted version: --kubernetes, --etcd or both")
    return values


def _versions(settings: Settings) -> Versions:
    return Versions(kubernetes=settings.control_plane.kubernetes_version, etcd=settings.etcd.version)


def _named(of: Versions) -> str:
    return f"Kubernetes {of.kubernetes} with etcd {of.etcd}"


def _require(of: Environment, before: Settings, after: Settings, nodes: tuple[Running, ...]) -> None:
    """Reports all blocking problems together. Raises `OperationFailed`."""
    now, wanted = _versions(before), _versions(after)
    _refuse(*problems(now, wanted, nodes), *_same_programs(before, after), *_unhealthy(of), *_removals(of, now, wanted))


def _require_continuable(wanted: Versions, nodes: tuple[Running, ...]) -> None:
    """Continue an interrupted upgrade: the settings already have the new versions, and a failed node may be down."""
    if (current := oldest(nodes)) is not None:
        _refuse(*problems(current, wanted, [node for node in nodes if versions.SILENT not in node.versions]))


def _refuse(*refusals: Refusal) -> None:
    if refusals:
        raise OperationFailed(str(Refused(refusals, left="nothing was changed")))


def _unhealthy(of: Environment) -> Iterator[Refusal]:
    for check in verify(of):
        if not check.well:
            yield Refusal(
                at=f"{check.where}, {check.subject}",
                what="healthy before anything changes",
                found=check.seen,
                why="an upgrade restarts one node at a time, and the cluster needs all the others meanwhile",
                fix=check.fix,
            )


def _removals(of: Environment, now: Versions, wanted: Versions) -> Iterator[Refusal]:
    minor = release(wanted.kubernetes)[:2]
    if release(now.kubernetes)[:2] == minor:
        return
    for api in versions.removed_soon(of, minor):
        yield Refusal(
            at=api,
            what="unused",
            found="in use: clients have called it since the API servers started",
            why=f"{minor[0]}.{minor[1]} no longer serves it, so every client that calls it would fail",
            fix="move that client to the API's next version, then restart the API servers to reset the count",
        )


def _same_programs(before: Settings, after: Settings) -> Iterator[Refusal]:
    """Reject a store with a new version but unchanged programs."""
    if after.artifacts.source != "store":
        return
    try:
        old, new = ({d.path: d.sha256 for d in with_digests(one, PROJECT).artifacts.digests} for one in (before, after))
    except Refused as refused:
        yield from refused.refusals
        return
    now, wanted = _versions(before), _versions(after)
    for path, changed in zip(PROGRAMS, (now.kubernetes != wanted.kubernetes, now.etcd != wanted.etcd), strict=True):
        if changed and old.get(PROGRAMS[path]) == new.get(PROGRAMS[path]):
            yield Refusal(
                at="artifacts.manifest",
                what=f"from a store with a new {PROGRAMS[path]}",
                found=f"{after.artifacts.manifest}, with the current one",
                why=f"{path} would change, but the program would not",
                fix="pass the store of the new version with --store and --manifest",
            )


def _settle(of: Environment, wanted: Versions) -> None:
    deadline = time.monotonic() + SETTLED_SECONDS
    while True:
        seen = status.gather(of)
        nodes, ill = versions.running(of, seen), status.node_problems(seen)
        other = [f"{node.node} does not run {_named(wanted)}" for node in nodes if not node.runs(wanted)]
        if not ill and not other:
            break
        if time.monotonic() > deadline:
            versions.show(nodes)
            raise OperationFailed(f"{'; '.join([*other, *ill])}. Fix the cause and run it again")
        time.sleep(1.0)
    versions.show(nodes)


def _after_failure(
    failure: OperationFailed, of: Environment, file: StackFile, *, kept: bytes, now: Versions, wanted: Versions
) -> None:
    """Return the failed node to the previous versions; the others have not started. Always raises `OperationFailed`."""
    nodes = versions.running(of, status.gather(of))
    versions.show(nodes)
    if now == wanted:
        raise OperationFailed(f"{failure}. Fix the cause and run it again, or revert the settings and update")
    if not may_return(now, wanted, nodes):
        raise OperationFailed(
            f"{failure}. Some nodes already run the new minor version, which cannot be rolled back: fix the cause "
            "and run it again. The cluster keeps serving, and no other node starts"
        )
    print(f"the upgrade failed; the nodes return to {_named(now)}", flush=True)
    file.file.write_bytes(kept)
    file.up(yes=True)
    _settle(of, now)
    raise OperationFailed(f"{failure}. Every node runs {_named(now)} again, and the settings are restored")


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--kubernetes", metavar="VERSION", help="a patch or the next minor version, such as 1.36.3")
    parser.add_argument("--etcd", metavar="VERSION", help="such as 3.6.10")
    parser.add_argument("--store", help="where the nodes get the new programs, if they come from a store")
    parser.add_argument("--manifest", type=Path, help="the new store's manifest on this computer")
    parser.add_argument("--without-backup", action="store_true", help="do not take a snapshot first")
    file_arguments(parser)


COMMANDS = (
    Command(
        name="upgrade",
        text="upgrade Kubernetes or etcd, one node at a time; rolls back a failed node; asks first",
        arguments=_arguments,
        run=upgrade,
    ),
)
