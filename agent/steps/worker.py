"""A worker's kubelet: it joins with a token, and gets its certificates through signing requests."""

import json

from agent.kubernetes.kubelet import UNIT, problem
from agent.model.difference import Difference
from agent.model.failure import Failed
from agent.model.step import Step
from agent.system.files import install, make_directory
from agent.system.machine import Machine
from agent.system.waiting import wait_until_healthy

AUTHORITY = "/etc/kubernetes/pki/ca.crt"
BOOTSTRAP = "/run/quorate/bootstrap-kubelet.conf"
FOUND_OUT = "/var/lib/kubelet/config.d/10-machine.conf"
JOINED = "/var/lib/kubelet/pki/kubelet-client-current.pem"  # the kubeconfig that names this file exists long before it
SERVING = "/var/lib/kubelet/pki/kubelet-server-current.pem"
RESOLVED = "/run/systemd/resolve/resolv.conf"
JOIN_SECONDS = 60.0


class WorkerStep(Step):
    """The token is in memory only, and removed when the kubelet has its certificate."""

    name = "kubelet"
    after = frozenset({"system", "programs", "images"})

    def __init__(self, machine: Machine) -> None:
        self._machine = machine
        self._host = machine.host
        self._files = machine.files(self.name)
        program = machine.wanted.manifest.program("kubelet")
        self._daemon = machine.daemon(
            UNIT, step=self.name, restart_on=(*machine.wanted.of(self.name), program, self._found_out())
        )

    def differences(self) -> list[Difference]:
        """Files, service, and whether it has joined."""
        found = [*self._files.differences(), *self._daemon.differences()]
        if not self._joined():
            found.append(Difference(step=self.name, what="node in the cluster", wanted="joined", found="not joined"))
        elif not found and (seen := self._problem()):
            found.append(Difference(step=self.name, what="kubelet", wanted="healthy", found=seen))
        return found

    def apply(self) -> None:
        """Install files; join; start or restart the kubelet."""
        joined = self._joined()
        if not joined and not self._machine.ticket:
            raise Failed("this worker has not joined, and no token came with its files: run `pulumi up` for it")
        self._daemon.before_change()
        install(self._host.path(FOUND_OUT), self._found_out().encode(), mode=0o644)
        self._daemon.introduce(self._files.install())
        if joined:
            self._daemon.converge()
            return
        place = self._host.path(BOOTSTRAP)
        make_directory(place.parent, mode=0o700)
        try:
            install(place, self._bootstrap().encode(), mode=0o600)
            # A running kubelet has read an earlier token.
            self._machine.services.stop(UNIT)
            self._daemon.converge()
            wait_until_healthy(self._not_joined, seconds=JOIN_SECONDS, what="joining the cluster")
        finally:
            place.unlink(missing_ok=True)

    def verify(self) -> None:
        """Check that the kubelet is healthy and has a serving certificate."""
        wait_until_healthy(self._problem, seconds=60.0, what="the kubelet")

    def _joined(self) -> bool:
        return self._host.path(JOINED).exists()

    def _not_joined(self) -> str | None:
        return None if self._joined() else f"no certificate yet; its last log lines: {self._last_words()}"

    def _last_words(self) -> str:
        return self._machine.services.last_words(UNIT, lines=3)

    def _problem(self) -> str | None:
        if not self._host.path(SERVING).exists():
            return "its serving certificate is missing: was its request approved (kubectl get csr)?"
        return problem(self._machine.services)

    def _bootstrap(self) -> str:
        """A kubeconfig with the token; JSON is YAML too."""
        manifest = self._machine.wanted.manifest
        cluster = {"certificate-authority": str(self._host.path(AUTHORITY)), "server": manifest.endpoint}
        return json.dumps(
            {
                "apiVersion": "v1",
                "kind": "Config",
                "clusters": [{"name": manifest.cluster, "cluster": cluster}],
                "users": [{"name": "token", "user": {"token": self._machine.ticket}}],
                "contexts": [{"name": "token", "context": {"cluster": manifest.cluster, "user": "token"}}],
                "current-context": "token",
            }
        )

    def _found_out(self) -> str:
        """The resolver file: not systemd-resolved's stub, which would send cluster DNS queries in a loop (as in
        kubeadm).
        """
        stub = self._machine.services.state("systemd-resolved.service").active
        return json.dumps(
            {
                "apiVersion": "kubelet.config.k8s.io/v1beta1",
                "kind": "KubeletConfiguration",
                "resolvConf": RESOLVED if stub else "/etc/resolv.conf",
            }
        )
