"""The role bindings that kubeadm's skipped phases would have left behind."""

from node.difference import Difference
from node.kubeadm import API_PORT
from node.machine import Machine
from node.step import Step

RBAC = "/etc/kubernetes/quorate/rbac.yaml"
ADMINISTRATOR = "/etc/kubernetes/admin.conf"


class AccessStep(Step):
    """Applied on the server's side through this node's own API server: any number of nodes may do it at once."""

    name = "access"
    after = frozenset({"control-plane"})

    def __init__(self, machine: Machine) -> None:
        self._machine = machine
        self._files = machine.files(self.name)
        self._record = machine.record(self.name)
        file = machine.file(RBAC)
        self._wanted = file.sha256 if file else ""

    def differences(self) -> list[Difference]:
        """Files, and bindings that were not applied in this form."""
        found = self._files.differences()
        if self._record.read().get("applied", "") != self._wanted:
            found.append(Difference(step=self.name, what="role bindings", wanted="applied", found="not applied"))
        return found

    def apply(self) -> None:
        """Apply the bindings through the API server of this node."""
        self._record.forget("applied")
        self._files.install()
        if self._wanted:
            address = self._machine.wanted.manifest.address
            self._machine.host.commands.run(
                "kubectl",
                f"--kubeconfig={self._machine.host.path(ADMINISTRATOR)}",
                f"--server=https://{f'[{address}]' if ':' in address else address}:{API_PORT}",
                "--request-timeout=20s",
                "apply",
                "--server-side",
                "--force-conflicts",
                f"--filename={self._machine.host.path(RBAC)}",
                timeout=60.0,
            )
        self._record.update(applied=self._wanted)

    def verify(self) -> None:
        """The API server has answered; there is nothing to wait for."""
