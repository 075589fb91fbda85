"""Waits until a machine can be reached."""

import socket
import time

from provider.local.machines import launch
from provider.local.machines.process import Process
from provider.local.machines.spec import MachineSpec
from provider.local.machines.unable import Unable

PORT = 22
_SECONDS = 120.0  # booting took 1 s on an idle host; three together on a busy one up to 10 s


def wait(spec: MachineSpec, running: Process) -> None:
    """Return once sshd responds on the machine's address. Raises `Unable` if the machine ends or after a timeout."""
    deadline = time.monotonic() + _SECONDS
    while not greets(spec.host):
        if not running.alive:
            raise Unable(
                f"machine {spec.place.title} stays up",
                got=launch.last_words(spec.place),
                why="it ended while it booted",
                fix=f"see {spec.place.console}",
            )
        if time.monotonic() > deadline:
            raise Unable(
                f"sshd of {spec.place.title} responds on {spec.host} within {_SECONDS:.0f} s",
                got=launch.last_words(spec.place),
                why="the machine is set up through SSH",
                fix=f"run `python -m provider.local.machines run {spec.fleet} {spec.name} -- journalctl -b`",
            )
        time.sleep(0.05)


def greets(host: str) -> bool:
    """Whether an SSH server sends its banner there (RFC 4253, 4.2)."""
    try:
        with socket.create_connection((host, PORT), timeout=0.5) as connection:
            return connection.recv(4) == b"SSH-"
    except OSError:
        return False
