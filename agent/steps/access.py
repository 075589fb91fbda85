"""Objects that are applied once Kubernetes serves: bindings of kubeadm's skipped phases, and this node's pod ranges."""

from agent.kubernetes.kubectl import kubectl
from agent.model.difference import Difference
from agent.model.step import Step
from agent.system.commands import CommandFailed
from agent.system.daemon import fingerprint
from agent.system.machine import Machine

# The API server's message about a change of a node's write-once field (validation of Node, spec.podCIDRs).
KEPT_RANGES = "may not change podCIDR"


class AccessStep(Step):
    """Server-side apply through this node's own API server: any number of nodes may do it at the same time."""

    name = "access"
    after = frozenset({"control-plane"})

    def __init__(self, machine: Machine) -> None:
        self._machine = machine
        self._files = machine.files(self.name)
        self._record = machine.record(self.name)
        self._objects = machine.wanted.of(self.name)

    def differences(self) -> list[Difference]:
        """Compare files, and objects that were not applied in this form."""
        found = self._files.differences()
        if self._record.read().get("applied", "") != self._wanted:
            found.append(Difference(step=self.name, what="objects", wanted="applied", found="not applied"))
        return found

    def apply(self) -> None:
        """Apply the objects through the API server of this node."""
        self._record.forget("applied")
        self._files.install()
        if self._objects:
            try:
                self._apply()
            except CommandFailed as error:
                # kubectl continues with the other objects, and has an error line for each that was refused.
                refused = [line for line in error.said.splitlines() if line.strip()]
                if not all(KEPT_RANGES in line for line in refused):
                    raise
                self._machine.note(
                    self.name,
                    "Kubernetes keeps the previous pod ranges of this node's object, although its pods "
                    "have addresses of the planned ones; the agent does not use them. A node that joins again gets the "
                    "planned ones",
                )
        self._record.update(applied=self._wanted)

    def verify(self) -> None:
        """Do nothing: the API server has already accepted the objects."""

    @property
    def _wanted(self) -> str:
        return fingerprint(*self._objects) if self._objects else ""

    def _apply(self) -> None:
        files = (f"--filename={self._machine.host.path(file.path)}" for file in self._objects)
        address = self._machine.wanted.manifest.address
        kubectl(self._machine.host, address, "apply", "--server-side", "--force-conflicts", *files)
