"""Commands for workers, which run on control-plane nodes."""

import argparse

from agent.model.events import Events
from agent.system.host import Host
from agent.system.memory import Memory
from agent.workers.admission import Admission

COMMANDS = {
    "admit": "admit a planned worker: create its node object and a token",
    "settle": "delete a worker's token",
    "expel": "drain and delete a worker",
}


def arguments(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Adds the commands."""
    for verb, what in COMMANDS.items():
        commands.add_parser(verb, help=f"on a control-plane node: {what}").add_argument("worker")


def admit(given: argparse.Namespace, host: Host, events: Events) -> None:
    """Run one command. Raises Failed, Malformed, OSError."""
    if given.command == "expel" and Memory(host).dissolved:
        events.result(ok=True, text="the cluster is being dissolved", changed=[], member=False, found=[])
        return
    admission = Admission(host, events)
    match given.command:
        case "admit":
            events.ticket(admission.admit(given.worker))
        case "settle":
            admission.settle(given.worker)
        case _:
            admission.expel(given.worker)
    events.result(ok=True, text=f"{given.command} {given.worker}", changed=[], member=False, found=[])
