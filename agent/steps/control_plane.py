"""The control plane's static pods, written by kubeadm."""

from agent.kubernetes import encryption, kubelet
from agent.kubernetes.kubeadm import API_PORT, PKI, Kubeadm
from agent.kubernetes.static_pods import COMPONENTS, MANIFESTS, manifest_digest, problem, processes, remember
from agent.model.difference import Difference, Impact
from agent.model.step import Step
from agent.pki.certificate import NotACertificate, from_text
from agent.system.machine import Machine
from agent.system.ports import require_free
from agent.system.probe import readiness, served_certificate
from agent.system.waiting import wait_until_healthy

LOADED = "encryption"  # in the record: digest of the keys that the API server is known to use
COMPONENT_PORTS = (10257, 10259)  # controller-manager and scheduler, loopback


class ControlPlaneStep(Step):
    """kubeadm runs again only when one of its inputs has changed: it takes seconds, and new manifests restart pods."""

    name = "control-plane"
    after = frozenset({"etcd", "static-images", "kubelet"})
    patience = 180.0  # seconds

    def __init__(self, machine: Machine) -> None:
        self._machine = machine
        self._host = machine.host
        self._files = machine.files(self.name)
        self._record = machine.record(self.name)
        self._kubeadm = Kubeadm(machine)
        keys = machine.file(encryption.PATH)
        self._encryption = keys.sha256 if keys else ""
        self._before: set[str] | None = None  # API servers that started before the current files were written

    def due(self) -> bool:
        """Whether kubeadm has to run."""
        return self._must_run() is not None

    def differences(self) -> list[Difference]:
        """Files, inputs of kubeadm that have changed, pods that do not run as planned, keys that are not in use yet."""
        found = self._files.differences()
        if why := self._must_run():
            running = any(processes(self._host, component) for component in COMPONENTS)
            impact = Impact.RESTART if running else Impact.NONE
            found.append(self._differs("kubeadm", "run with the planned inputs", why, impact))
        elif seen := self._problem() or self._unloaded():
            found.append(self._differs("control plane", "healthy", seen))
        return found

    def apply(self) -> None:
        """Install files; run kubeadm if an input has changed."""
        why = self._must_run()
        if why and not any(processes(self._host, component) for component in COMPONENTS):
            # kubeadm's own check of ports must be off, or it could not be run on a node that serves
            require_free(API_PORT, *COMPONENT_PORTS, root=self._host.root)
        if why:
            self._record.forget("inputs")
        self._before = {process.identity for process in processes(self._host, COMPONENTS[0])}
        self._files.install()
        if not why:
            return
        self._machine.note(self.name, f"kubeadm: {why}")
        if self._kubeadm.begun():
            self._kubeadm.change()
        else:
            self._kubeadm.begin()
        manifests = {f"manifest {c}": manifest_digest(self._host, c) for c in COMPONENTS}
        written = {**manifests, **kubelet.written(self._host)}
        self._record.write({**self._record.read(), **written, "inputs": self._kubeadm.inputs()})

    def verify(self) -> None:
        """Check that the kubelet is healthy, all pods run with their current manifests, and the API server uses its
        keys.
        """
        wait_until_healthy(lambda: kubelet.problem(self._machine.services), seconds=60.0, what="the kubelet")
        wait_until_healthy(self._problem, seconds=self.patience, what="the control plane of this node")
        if self._unloaded():
            self._machine.note(self.name, "waiting until the API server has loaded its encryption keys, up to a minute")
        wait_until_healthy(self._unloaded, seconds=self.patience, what="the control plane of this node", pause=5.0)
        known = {**kubelet.written(self._host), **self._record.read()}
        self._record.write({**known, **remember(self._host), LOADED: self._encryption})

    def _differs(self, what: str, wanted: str, found: str, impact: Impact = Impact.NONE) -> Difference:
        return Difference(step=self.name, what=what, wanted=wanted, found=found, impact=impact)

    def _must_run(self) -> str | None:
        known = self._record.read()
        if "inputs" not in known:
            return "it has not succeeded on this machine yet"
        if known["inputs"] != self._kubeadm.inputs():
            return "its inputs have changed"
        changed = [
            f"{MANIFESTS}/{component}.yaml was changed by another process"
            for component in COMPONENTS
            if known.get(f"manifest {component}") != manifest_digest(self._host, component)
        ]
        return "; ".join([*changed, *kubelet.changed(self._host, known)]) or None

    def _problem(self) -> str | None:
        known = self._record.read()
        for component in COMPONENTS:
            if seen := problem(self._host, component, known=known):
                return seen
        authority = self._host.path(f"{PKI}/ca.crt")
        if seen := readiness(self._machine.wanted.manifest.address, API_PORT, authority=authority):
            return seen
        return self._stale_certificate()

    def _unloaded(self) -> str | None:
        """Whether the API server still uses its previous keys: then no other node may use a new one or drop one.

        An API server that started after the file was written has read it; one that kept running reports it later.
        """
        known = self._record.read()
        if not self._encryption or known.get(LOADED) == self._encryption:
            return None
        began = [process.identity for process in processes(self._host, COMPONENTS[0])]
        if self._before is not None and began and not self._before & set(began):
            return None
        said = encryption.loaded(self._host, self._machine.wanted.manifest.address)
        return None if said == self._encryption else "the API server has not loaded the current encryption keys yet"

    def _stale_certificate(self) -> str | None:
        path = self._host.path(f"{PKI}/apiserver.crt")
        try:
            installed = from_text(path.read_text())
        except (OSError, NotACertificate) as error:
            return str(error)
        served = served_certificate(self._machine.wanted.manifest.address, API_PORT)
        if isinstance(served, str):
            return served
        return None if served.serial == installed.serial else "the API server still serves its previous certificate"
