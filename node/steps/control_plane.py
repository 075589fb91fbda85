"""The control plane's static pods, written by `kubeadm init`, which is also how a change is rolled."""

from node.certificate import NotACertificate, from_text
from node.commands import CommandFailed
from node.daemon import fingerprint
from node.difference import Difference, Impact
from node.failure import Failed
from node.files import install
from node.machine import Machine
from node.probe import readiness, served_certificate
from node.static_pods import COMPONENTS, ailment, manifest_digest, processes, remember
from node.step import Step
from node.waiting import wait_until_healthy

API_PORT = 6443
PKI = "/etc/kubernetes/pki"
CONFIGURATION = "/etc/kubernetes/quorate/kubeadm.yaml"
# What each program reads only when it starts. Leaves (apiserver.crt and the client certificates) and the encryption
# configuration are read again while it runs.
READ_AT_START = {
    "kube-apiserver": (f"{PKI}/ca.crt", f"{PKI}/etcd/ca.crt", f"{PKI}/sa.pub", f"{PKI}/sa.key"),
    "kube-controller-manager": (f"{PKI}/ca.crt", f"{PKI}/sa.key", "/etc/kubernetes/controller-manager.conf"),
    "kube-scheduler": ("/etc/kubernetes/scheduler.conf",),
}
INIT_SECONDS = 420.0  # kubeadm's own waits are four and two minutes
READY_SECONDS = 180.0


class ControlPlaneStep(Step):
    """kubeadm runs again only when one of its inputs has changed: it takes seconds, and new manifests restart pods."""

    name = "control-plane"
    after = frozenset({"etcd", "kubelet"})

    def __init__(self, machine: Machine) -> None:
        self._machine = machine
        self._host = machine.host
        self._files = machine.files(self.name)
        self._record = machine.record(self.name)
        self._patches = self._host.state("patches")
        self._inputs = self._input_digest()

    def differences(self) -> list[Difference]:
        """Files, inputs of kubeadm that have changed, pods that do not run as wanted."""
        found = self._files.differences()
        if why := self._must_run():
            running = any(processes(self._host, component) for component in COMPONENTS)
            impact = Impact.RESTART if running else Impact.NONE
            found.append(self._differs("kubeadm init", "run with the wanted inputs", why, impact))
        elif seen := self._ailment():
            found.append(self._differs("control plane", "healthy", seen))
        return found

    def apply(self) -> None:
        """Install files; run kubeadm where an input has changed."""
        why = self._must_run()
        if why:
            self._record.forget("inputs")
        self._files.install()
        if not why:
            return
        self._write_patches()
        self._machine.note(self.name, f"kubeadm init ({why})")
        try:
            self._host.commands.run("kubeadm", "init", "--config", str(self._configuration()), timeout=INIT_SECONDS)
        except CommandFailed as error:
            raise Failed(f"kubeadm init failed: {_reason(error.said)}") from error
        manifests = {f"manifest {c}": manifest_digest(self._host, c) for c in COMPONENTS}
        self._record.update(inputs=self._inputs, **manifests)

    def verify(self) -> None:
        """All pods run under their present manifests, and the API server is ready."""
        wait_until_healthy(self._ailment, seconds=READY_SECONDS, what="the control plane of this node")
        self._record.update(**remember(self._host))

    def _differs(self, what: str, wanted: str, found: str, impact: Impact = Impact.NONE) -> Difference:
        return Difference(step=self.name, what=what, wanted=wanted, found=found, impact=impact)

    def _input_digest(self) -> str:
        file = self._machine.file(CONFIGURATION)
        program = self._machine.wanted.manifest.program("kubeadm")
        annotations = [self._annotation(component) for component in COMPONENTS]
        return fingerprint(file.sha256 if file else "", program, *annotations)

    def _must_run(self) -> str | None:
        known = self._record.read()
        if "inputs" not in known:
            return "it has not succeeded on this machine yet"
        if known["inputs"] != self._inputs:
            return "its inputs have changed"
        for component in COMPONENTS:
            if known.get(f"manifest {component}") != manifest_digest(self._host, component):
                return f"the manifest of {component} was changed by somebody else"
        return None

    def _ailment(self) -> str | None:
        known = self._record.read()
        for component in COMPONENTS:
            if seen := ailment(self._host, component, known=known):
                return seen
        authority = self._host.path(f"{PKI}/ca.crt")
        if seen := readiness(self._machine.wanted.manifest.address, API_PORT, authority=authority):
            return seen
        return self._stale_certificate()

    def _stale_certificate(self) -> str | None:
        path = self._host.path(f"{PKI}/apiserver.crt")
        try:
            installed = from_text(path.read_text())
        except (OSError, NotACertificate) as error:
            return str(error)
        served = served_certificate(self._machine.wanted.manifest.address, API_PORT)
        if isinstance(served, str):
            return served
        return None if served.serial == installed.serial else "the API server still serves its former certificate"

    def _annotation(self, component: str) -> str:
        files = [file for path in READ_AT_START[component] if (file := self._machine.file(path))]
        return fingerprint(component, *files)

    def _write_patches(self) -> None:
        # The kubelet restarts a static pod when its manifest changes, and only then: no process has to be killed, so no
        # restart is ever held back as a crash.
        for component in COMPONENTS:
            text = f"metadata:\n  annotations:\n    quorate/read-at-start: {self._annotation(component)}\n"
            install(self._patches / f"{component}.yaml", text.encode(), mode=0o600)

    def _configuration(self) -> object:
        # kubeadm takes no --patches beside --config, and the folder is the agent's own: it is named in a copy.
        text, first = self._host.path(CONFIGURATION).read_text(), "kind: InitConfiguration\n"
        if first not in text or "\npatches:" in text:
            raise Failed(f"{CONFIGURATION} must have an InitConfiguration without patches: the agent adds its own")
        text = text.replace(first, f"{first}patches:\n  directory: {self._patches}\n", 1)
        copy = self._host.state("kubeadm.yaml")
        install(copy, text.encode(), mode=0o600)
        return copy


def _reason(said: str) -> str:
    """kubeadm's own words from the first error on; warnings before it are left out."""
    lines = [line for line in said.splitlines() if line.strip() and not line.startswith("W")]
    first = next((i for i, line in enumerate(lines) if line.lower().startswith(("error", "[error"))), 0)
    return " | ".join(lines[first:])[:1500]
