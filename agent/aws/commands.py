"""The agent's commands on AWS."""

from collections.abc import Callable
from pathlib import Path

from agent.aws.backup import back_up
from agent.aws.convergence import converge
from agent.aws.place import place
from agent.etcd.cluster import is_being_restored
from agent.model.events import Events
from agent.system.host import Host
from agent.system.host_lock import host_lock

TURN_SECONDS = 900.0


def on_aws(command: str, host: Host, apply: Callable[[Events, Path], int]) -> int:
    """`converge` or `backup`; the exit status. Raises Failed, Malformed, OSError.

    A run of the timer changes nothing during a restore: it would start what the restore has stopped.
    """
    events, aws = Events(), place(host)
    if command == "backup":
        text = back_up(host, aws, events)
        events.result(ok=True, text=text, changed=[], member=True, found=[])
        return 0
    with host_lock(host, events, patience=TURN_SECONDS):
        if is_being_restored(host):
            text = "a restore is under way: nothing was changed; the next run continues"
            events.result(ok=True, text=text, changed=[], member=True, found=[])
            return 0
        return converge(host, aws, apply)
