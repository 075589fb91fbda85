"""Runs kubeadm: creates a control plane on a node, and rolls out changes."""

from agent.kubernetes.retirement import GRACE_SECONDS, PATIENCE_SECONDS, retire
from agent.kubernetes.static_pods import COMPONENTS, MANIFESTS, is_alive, manifest_digest, processes
from agent.model.failure import Failed
from agent.system.commands import CommandFailed
from agent.system.daemon import fingerprint
from agent.system.files import install
from agent.system.machine import Machine
from agent.system.probe import accepts

PKI = "/etc/kubernetes/pki"
CONFIGURATION = "/etc/kubernetes/quorate/kubeadm.yaml"
# Files that each program reads only when it starts. Leaves (apiserver.crt and the client certificates) and the
# encryption configuration are read again while it runs.
READ_AT_START = {
    "kube-apiserver": (f"{PKI}/ca.crt", f"{PKI}/etcd/ca.crt", f"{PKI}/sa.pub", f"{PKI}/sa.key"),
    "kube-controller-manager": (
        f"{PKI}/ca.crt",
        f"{PKI}/signing.crt",
        f"{PKI}/sa.key",
        "/etc/kubernetes/controller-manager.conf",
    ),
    "kube-scheduler": ("/etc/kubernetes/scheduler.conf",),
}
INIT_SECONDS = 420.0  # kubeadm's own waits are four and two minutes
API_PORT = 6443
KUBELET = "kubelet.service"
_FIRST = "kind: InitConfiguration\n"


class Kubeadm:
    """Inputs: the document, the programs kubeadm and kubelet, and the files that static pods read at start."""

    def __init__(self, machine: Machine) -> None:
        self._machine = machine
        self._host = machine.host
        self._patches = self._host.state("patches")
        self._copy = self._host.state("kubeadm.yaml")
        self._programs = tuple(map(machine.wanted.manifest.program, ("kubeadm", "kubelet")))
        file = machine.file(CONFIGURATION)
        self._text = file.content().decode() if file else ""

    def inputs(self) -> str:
        """A digest of every input of kubeadm."""
        return fingerprint(self._text, *self._programs, *map(self._annotation, COMPONENTS))

    def begun(self) -> bool:
        """Whether there is a control plane on this node that a run would change."""
        return all(self._host.path(f"{MANIFESTS}/{component}.yaml").exists() for component in COMPONENTS)

    def begin(self) -> None:
        """Run every phase on a node without a control plane. Raises Failed with kubeadm's reason."""
        self._prepare()
        self._run("init", "--config", str(self._copy))

    def change(self) -> None:
        """Run every phase again on a running node. Raises Failed with kubeadm's reason.

        kubeadm itself would write the manifests and restart the kubelet at once. A kubelet that starts with a new
        manifest does not recognise the old pod and starts the new one beside it, which finds its port in use and is
        then delayed as a crashing pod, for ten seconds or more. A kubelet that keeps running waits for the pod's whole
        grace period, since an API server with open watches does not exit. So this stops the kubelet, writes the new
        manifests, ends the processes that they change, and lets kubeadm start the kubelet.
        """
        self._prepare()
        before = {component: manifest_digest(self._host, component) for component in COMPONENTS}
        self._machine.services.stop(KUBELET)
        try:
            self._run("init", "phase", "control-plane", "all", "--config", str(self._copy))
            changed = [c for c in COMPONENTS if manifest_digest(self._host, c) != before[c]]
            self._retire(changed)
        except Failed:
            self._machine.services.start(KUBELET)
            raise
        skipped = [*self._machine.wanted.manifest.skip_phases, "control-plane"]
        self._run("init", "--config", str(self._copy), f"--skip-phases={','.join(skipped)}")

    def _retire(self, components: list[str]) -> None:
        old = [process for component in components for process in processes(self._host, component)]
        address = self._machine.wanted.manifest.address
        retire(
            old,
            alive=lambda process: is_alive(self._host, process),
            listens=lambda: "kube-apiserver" in components and accepts(address, API_PORT) is None,
            patience=self._machine.wanted.manifest.shutdown_delay + PATIENCE_SECONDS,
        )

    def _annotation(self, component: str) -> str:
        files = [file for path in READ_AT_START[component] if (file := self._machine.file(path))]
        return fingerprint(component, *files)

    def _prepare(self) -> None:
        # A pod whose manifest changes is a new pod to the kubelet: its start is never delayed as a crash.
        for component in COMPONENTS:
            text = f"metadata:\n  annotations:\n    quorate/read-at-start: {self._annotation(component)}\n"
            if component == "kube-apiserver":
                seconds = self._machine.wanted.manifest.shutdown_delay + GRACE_SECONDS
                text += f"spec:\n  terminationGracePeriodSeconds: {seconds}\n"
            install(self._patches / f"{component}.yaml", text.encode(), mode=0o600)
        # kubeadm does not accept --patches together with --config, so a copy of the document names the agent's own
        # folder.
        if _FIRST not in self._text or "\npatches:" in self._text:
            raise Failed(f"{CONFIGURATION} must have an InitConfiguration without patches: the agent adds its own")
        text = self._text.replace(_FIRST, f"{_FIRST}patches:\n  directory: {self._patches}\n", 1)
        install(self._copy, text.encode(), mode=0o600)

    def _run(self, *words: str) -> None:
        try:
            self._host.commands.run("kubeadm", *words, timeout=INIT_SECONDS)
        except CommandFailed as error:
            raise Failed(f"kubeadm failed: {_reason(error.said)}") from error


def _reason(said: str) -> str:
    """kubeadm's output from the first error on; warnings before it are left out."""
    lines = [line for line in said.splitlines() if line.strip() and not line.startswith("W")]
    first = next((i for i, line in enumerate(lines) if line.lower().startswith(("error", "[error"))), 0)
    return " | ".join(lines[first:])[:1500]
