"""Command line of the agent. `agent.model.wanted` describes the input, `agent.model.events` the output."""

import argparse
import signal
import sys
from collections.abc import Mapping
from pathlib import Path

from agent import commands as operating
from agent.baking import bake
from agent.etcd.cluster import open_cluster
from agent.kubernetes.kubelet import require_fit
from agent.leadership import watch_forever
from agent.leaving import leave
from agent.model.events import Events
from agent.model.failure import Failed
from agent.model.json_reading import Malformed
from agent.model.wanted import Wanted, read, ticket_in
from agent.rotation import require_orderly
from agent.runner import Runner
from agent.snapshots import folder
from agent.status import status
from agent.steps import steps
from agent.system import proxy
from agent.system.commands import Commands
from agent.system.host import Host
from agent.system.host_lock import host_lock
from agent.system.machine import Machine
from agent.system.memory import Memory
from agent.system.services import Services
from agent.validity import require_valid
from agent.workers import commands as admitting
from agent.workers.approving import approve_forever

TURN_SECONDS = {"apply": 900.0, "leave": 60.0}
# Commands that services run; each module describes its own.
FOREVER = {"approve": approve_forever, "leadership": watch_forever}


def main() -> int:
    parser = argparse.ArgumentParser(prog="agent", description="Brings this machine to the state that Quorate planned.")
    parser.add_argument("--root", type=Path, default=Path("/"), help=argparse.SUPPRESS)
    commands = parser.add_subparsers(dest="command", required=True)
    apply = commands.add_parser("apply", help="bring the machine to the planned state")
    apply.add_argument("--wanted", type=Path, required=True)
    check = commands.add_parser("check", help="report what apply would change")
    check.add_argument("--wanted", type=Path)
    baking = commands.add_parser("bake", help="install programs and images only, for an image of this machine")
    baking.add_argument("--wanted", type=Path, required=True)
    leaving = commands.add_parser("leave", help="leave the cluster and clean the machine up")
    leaving.add_argument(
        "--remove-data", action="store_true", help="remove etcd's data even while the cluster continues"
    )
    admitting.arguments(commands)
    commands.add_parser("dissolve", help="record that the whole cluster is being destroyed")
    commands.add_parser("status", help="report the state of the node")
    commands.add_parser("converge", help="on AWS: fetch what is planned for this instance, and apply it")
    commands.add_parser("backup", help="save a snapshot of etcd where the settings say")
    commands.add_parser("approve", help="approve the certificate requests of planned workers continuously")
    commands.add_parser("leadership", help="hand over etcd's leadership whenever this node's disk is slow")
    operating.arguments(commands)
    given = parser.parse_args()

    # A broken ssh connection must not interrupt the work; Events handles a caller that disconnects.
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    signal.signal(signal.SIGPIPE, signal.SIG_IGN)
    host, events = Host(root=given.root, commands=Commands()), Events()
    try:
        match given.command:
            case "apply" | "bake" as verb:
                with host_lock(host, events, patience=TURN_SECONDS["apply"]):
                    return (_apply if verb == "apply" else bake)(host, events, given.wanted)
            case "check":
                return _check(host, events, given.wanted or Memory(host).wanted)
            case "leave":
                with host_lock(host, events, patience=TURN_SECONDS["leave"]):
                    text = leave(host, events, remove_data=given.remove_data)
                    events.result(ok=True, text=text, changed=[], member=False, found=[])
            case "dissolve":
                Memory(host).dissolve()
                events.result(ok=True, text="the cluster is being dissolved", changed=[], member=False, found=[])
            case verb if verb in FOREVER:
                FOREVER[verb](host)
            case verb if verb in admitting.COMMANDS:
                admitting.admit(given, host, events)
            case "converge" | "backup":
                return _at_times(given.command, host, events)
            case "status":
                events.status(status(host, Memory(host).wanted))
            case _:
                return operating.operate(given, host, events)
    except (Failed, Malformed, OSError) as error:
        events.result(ok=False, text=str(error), changed=[], member=False, found=[])
        return 1
    return 0


def _at_times(command: str, host: Host, events: Events) -> int:
    if command == "backup" and folder.store(host):
        events.answer(folder.back_up(host, events))
        return 0
    # Only instances on AWS need these modules.
    from agent.aws.commands import on_aws  # noqa: PLC0415

    return on_aws(command, host, lambda heard, wanted: _apply(host, heard, wanted))


def _runner(
    host: Host, events: Events, wanted: Wanted, previous: Mapping[str, tuple[str, ...]], ticket: str = ""
) -> Runner:
    cluster, services = open_cluster(host, wanted), Services(host)
    machine = Machine(host=host, wanted=wanted, previous=previous, services=services, events=events, ticket=ticket)
    return Runner(steps(machine, cluster), cluster=cluster, events=events)


def _apply(host: Host, events: Events, directory: Path) -> int:
    memory = Memory(host)
    previous, sent = memory.previous_files(), read(directory)
    proxy.use(sent.manifest.proxy)
    require_valid(sent, events)
    require_fit(host, sent.files)
    require_orderly(host, sent, open_cluster(host, sent))
    ticket = ticket_in(directory)
    wanted = memory.begin(sent)
    memory.undissolve()
    outcome = _runner(host, events, wanted, previous, ticket).apply()
    if not outcome.failures:
        memory.succeed()
    events.result(
        ok=not outcome.failures,
        text="; ".join(outcome.failures) or ("as wanted" if outcome.changed else "unchanged"),
        changed=outcome.changed,
        member=wanted.manifest.role == "control-plane" and not outcome.failures,
        found=outcome.found,
    )
    return 1 if outcome.failures else 0


def _check(host: Host, events: Events, directory: Path) -> int:
    wanted = read(directory)
    found = _runner(host, events, wanted, Memory(host).previous_files()).check()
    member = wanted.manifest.role == "control-plane"
    events.result(ok=True, text=f"{len(found)} differences", changed=[], member=member, found=found)
    return 0


if __name__ == "__main__":
    sys.exit(main())
