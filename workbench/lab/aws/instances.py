"""The instances of the emulated AWS as a drill's machines, by the name of their node."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from botocore.client import BaseClient

from provider.local.machines import process
from provider.local.machines.place import Place
from workbench.lab.machines import COMMAND_SECONDS, CommandFailed, output
from workbench.lab.wait import NotYet, until

CHANGE_SECONDS = 120.0
PRESENT = ("pending", "running", "stopping", "stopped")


@dataclass(frozen=True, kw_only=True)
class Instances:
    """`addresses` by node; `fleet`: the cloud's name for its machines; `ec2`: a client with every permission."""

    addresses: Mapping[str, str]
    fleet: str
    ec2: BaseClient

    @property
    def names(self) -> tuple[str, ...]:
        """All nodes."""
        return tuple(self.addresses)

    def identity(self, name: str) -> str:
        """The current instance of a node. Raises `CommandFailed` if the node has no instance."""
        found = self._found(name)
        if found is None:
            raise CommandFailed(f"{name} has no instance")
        return found[0]

    def run(self, name: str, *command: str, seconds: float = COMMAND_SECONDS) -> str:
        """Returns the command's output. Raises `CommandFailed`."""
        return output(self._place(name), command, node=name, seconds=seconds)

    def write(self, name: str, path: str, content: bytes) -> None:
        """Write a file on the instance. Raises `CommandFailed`."""
        running = process.machine(self._place(name))
        leader = process.first(running) if running is not None else None
        if leader is None:
            raise CommandFailed(f"{name} is off")
        Path(f"/proc/{leader.number}/root{path}").write_bytes(content)

    def running(self, name: str) -> bool:
        """Whether the instance runs."""
        found = self._found(name)
        return found is not None and found[1] == "running"

    def start(self, name: str) -> None:
        """Start the stopped instance."""
        self._change(name, self.ec2.start_instances, "running")

    def stop(self, name: str) -> None:
        """Stop it as EC2 does: a clean shutdown."""
        self._change(name, self.ec2.stop_instances, "stopped")

    def kill(self, name: str) -> None:
        """Cut its power; EC2 then shows it as stopped."""
        running = process.machine(self._place(name))
        if running is not None:
            process.cut(running)

    def wipe(self, name: str) -> None:
        """Terminate it, as an operator does by hand; its volume and address stay."""
        self._change(name, self.ec2.terminate_instances, "terminated")

    def _place(self, name: str) -> Place:
        return Place(fleet=self.fleet, name=self.identity(name))

    def _change(self, name: str, order: Callable[..., object], wanted: str) -> None:
        identity = self.identity(name)
        order(InstanceIds=[identity])

        def changed() -> None:
            described = self.ec2.describe_instances(InstanceIds=[identity])["Reservations"][0]["Instances"][0]
            if described["State"]["Name"] != wanted:
                raise NotYet(described["State"]["Name"])

        until(f"{name} is {wanted}", changed, seconds=CHANGE_SECONDS, every=0.5)

    def _found(self, name: str) -> tuple[str, str] | None:
        """Identity and state."""
        filters = [
            {"Name": "private-ip-address", "Values": [self.addresses[name]]},
            {"Name": "instance-state-name", "Values": list(PRESENT)},
        ]
        for reservation in self.ec2.describe_instances(Filters=filters)["Reservations"]:
            for one in reservation["Instances"]:
                return str(one["InstanceId"]), str(one["State"]["Name"])
        return None
