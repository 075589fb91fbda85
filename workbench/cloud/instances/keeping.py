"""Brings instances to their recorded state, each in its own thread."""

import subprocess
import threading
import time
from collections.abc import Callable

from moto.ec2.models.instances import Instance as Recorded

from provider.local.machines.place import places
from provider.local.machines.unable import Unable
from workbench.cloud import state
from workbench.cloud.instances import lifecycle
from workbench.cloud.instances.machine import Machine
from workbench.cloud.log import say
from workbench.cloud.state import Instance, Subnet
from workbench.cloud.volumes.keeping import Volumes

ALIVE = frozenset({"pending", "running", "stopping", "shutting-down"})
CHANGING = frozenset({"pending", "stopping", "shutting-down"})
RETRY_SECONDS = 2.0


class Instances:
    """`prepare` makes an instance's subnet; `authority` signs for AWS's names (PEM)."""

    def __init__(self, fleet: str, *, authority: str, prepare: Callable[[Subnet], None], volumes: Volumes) -> None:
        self._fleet, self._authority, self._prepare, self._volumes = fleet, authority, prepare, volumes
        self._busy: dict[str, threading.Thread] = {}
        for left in places(fleet):
            # Leftovers of a killed cloud, whose records are lost.
            self.machine(left.name).discard()
        lifecycle.report_console(lambda identity: self.machine(identity).console())

    def machine(self, identity: str) -> Machine:
        """The machine of an instance."""
        return Machine(self._fleet, identity)

    def at(self, address: str) -> Instance | None:
        """The powered-on instance with an address."""
        for instance, _ in state.instances().values():
            if instance.address == address and instance.state in ALIVE:
                return instance
        return None

    def look(self) -> None:
        """Start pending changes."""
        for identity, (instance, recorded) in state.instances().items():
            working = self._busy.get(identity)
            if working is not None and working.is_alive():
                continue
            if instance.state in CHANGING:
                self._busy[identity] = threading.Thread(target=self._change, args=(instance, recorded), daemon=True)
                self._busy[identity].start()
            elif instance.state == "running" and not self.machine(identity).running():
                say(f"{identity} switched itself off")
                lifecycle.stopped(recorded)
            elif instance.state == "running":
                self._show(instance)

    def stop(self) -> None:
        """Remove all machines with their root disks."""
        for worker in list(self._busy.values()):
            worker.join()
        for left in places(self._fleet):
            self.machine(left.name).discard()

    def _change(self, instance: Instance, recorded: Recorded) -> None:
        machine, began = self.machine(instance.id), time.monotonic()
        try:
            match instance.state:
                case "pending":
                    self._prepare(instance.subnet)
                    machine.boot(instance, self._authority)
                    # Before any of its programs looks for disks, because it would see those of this computer.
                    self._show(instance)
                    lifecycle.started(recorded)
                case "stopping":
                    machine.off()
                    lifecycle.stopped(recorded)
                case "shutting-down":
                    machine.off()
                    machine.discard()
                    lifecycle.gone(recorded)
        except (Unable, OSError) as reason:
            say(f"{instance.id} cannot leave the state {instance.state}: {reason}")
            time.sleep(RETRY_SECONDS)
            return
        took = f"{time.monotonic() - began:.1f} s"
        say(f"{instance.id} ({instance.address}): {instance.state} -> {recorded.state}, {took}")

    def _show(self, instance: Instance) -> None:
        leader = self.machine(instance.id).leader()
        if leader is not None:
            try:
                self._volumes.show(instance, leader)
            except subprocess.CalledProcessError as failed:
                say(f"{instance.id} does not see its volumes: {failed.stderr}")
