"""The kubelet: who may ask it, how it is started, what it keeps for itself."""

from collections.abc import Iterator

from policies.facts import nested
from policies.properties import Properties
from policies.quantities import amount
from policies.rule import Level, Scope, Severity, rule
from policies.stack import Stack
from policies.views.machines import hosts
from policies.violation import Violation

CONFIGURATION = "Kubernetes documentation: kubelet configuration (v1beta1)"


@rule(
    id="P50",
    title="The kubelet's certificates come from an authority and are renewed",
    fix="Set serverTLSBootstrap and rotateCertificates, or give the kubelet a certificate of the tree.",
    severity=Severity.MEDIUM,
    level=Level.ADVISORY,
    scope=Scope.RESOURCE,
    references=("CIS Kubernetes 1.12: 4.2.9", "CIS Kubernetes 1.12: 4.2.10", "CIS Kubernetes 1.12: 4.2.11"),
)
def renewed_certificates(stack: Stack) -> Iterator[Violation]:
    """A kubelet that signs its own certificate cannot be checked; one that is never renewed stops after a year."""
    for host in hosts(stack):
        kubelet = host.kubeadm.kubelet
        if not kubelet.names():
            continue
        if not kubelet.flag("serverTLSBootstrap") and not kubelet.text("tlsCertFile"):
            yield host.violation("the kubelet serves with a certificate that it signed itself")
        issued = any(path.endswith("kubelet.conf") for path in host.files)
        if not kubelet.flag("rotateCertificates", missing=True) and not issued:
            yield host.violation("nobody renews the kubelet's client certificate")


@rule(
    id="P60",
    title="The kubelet asks the API server who a caller is and what it may do",
    fix="Set authentication.anonymous to false, authentication.webhook to true, authorization.mode to Webhook.",
    severity=Severity.CRITICAL,
    scope=Scope.RESOURCE,
    references=("CIS Kubernetes 1.12: 4.2.1", "CIS Kubernetes 1.12: 4.2.2", "CIS Kubernetes 1.12: 4.2.4"),
)
def authorized_callers(stack: Stack) -> Iterator[Violation]:
    """Whoever may call the kubelet runs commands in every container of the machine."""
    for host in hosts(stack):
        kubelet = host.kubeadm.kubelet
        if not kubelet.names():
            continue
        authentication = kubelet.part("authentication")
        # Where nothing is said, kubeadm's values and the kubelet's own are the safe ones.
        if authentication.part("anonymous").flag("enabled"):
            yield host.violation("the kubelet answers anonymous callers")
        if not authentication.part("webhook").flag("enabled", missing=True):
            yield host.violation("the kubelet does not check tokens with the API server")
        if kubelet.part("authorization").text("mode") not in ("", "Webhook"):
            yield host.violation("the kubelet lets every authenticated caller do everything")
        if kubelet.number("readOnlyPort"):
            yield host.violation("the kubelet's read-only port is open")


@rule(
    id="P69",
    title="Kubelet and container runtime use the systemd cgroup driver",
    fix="Set cgroupDriver: systemd, and SystemdCgroup = true in containerd's configuration.",
    severity=Severity.HIGH,
    references=("Kubernetes documentation: container runtimes, cgroup drivers",),
)
def systemd_cgroups(stack: Stack) -> Iterator[Violation]:
    """Two managers of one tree of cgroups make a node unstable under load; kubelet and runtime must agree.

    Machines that are containers on this computer have no cgroup tree of their own and may use cgroupfs.
    """
    lenient = nested(stack)
    for host in hosts(stack):
        driver = host.kubeadm.kubelet.text("cgroupDriver")
        runtime = {
            "true" in text.split("SystemdCgroup", 1)[1].splitlines()[0] for _, text in host.find(_mentions_driver)
        }
        if driver and runtime and runtime != {driver == "systemd"}:
            yield host.violation(f"the kubelet uses {driver}, containerd the other driver")
        if driver not in ("", "systemd") and host.address not in lenient:
            yield host.violation(f"the kubelet's cgroup driver is {driver}")


def _mentions_driver(text: str) -> bool:
    return "SystemdCgroup" in text


@rule(
    id="P74",
    title="The machine keeps something for itself",
    fix="Set kubeReserved, systemReserved and evictionHard; name the cgroups if they are enforced.",
    severity=Severity.LOW,
    level=Level.ADVISORY,
    scope=Scope.RESOURCE,
    references=("Kubernetes documentation: reserve compute resources for system daemons",),
)
def reserved_resources(stack: Stack) -> Iterator[Violation]:
    """A pod that takes all memory takes etcd and the kubelet along."""
    for host in hosts(stack):
        kubelet = host.kubeadm.kubelet
        if not kubelet.names():
            continue
        for name in ("kubeReserved", "systemReserved", "evictionHard"):
            if not kubelet.part(name).names():
                yield host.violation(f"{name} is not set")
        for enforced, group in (("kube-reserved", "kubeReservedCgroup"), ("system-reserved", "systemReservedCgroup")):
            if enforced in kubelet.texts("enforceNodeAllocatable") and not kubelet.text(group):
                yield host.violation(f"{enforced} is enforced, but {group} is not set")


@rule(
    id="P75",
    title="Statically managed memory adds up",
    fix="Make reservedMemory equal to kubeReserved + systemReserved + the hard eviction threshold.",
    severity=Severity.LOW,
    level=Level.ADVISORY,
    scope=Scope.RESOURCE,
    references=("Kubernetes documentation: memory manager, reserved memory",),
)
def memory_adds_up(stack: Stack) -> Iterator[Violation]:
    """The kubelet does not start when they differ."""
    for host in hosts(stack):
        kubelet = host.kubeadm.kubelet
        if kubelet.text("memoryManagerPolicy") != "Static":
            continue
        reserved = sum(amount(e.part("limits").text("memory")) or 0 for e in kubelet.parts("reservedMemory"))
        kept = sum(amount(value) or 0 for value in _kept(kubelet))
        if reserved != kept:
            yield host.violation(f"reservedMemory is {reserved} bytes, the reservations are {kept}")


def _kept(kubelet: Properties) -> Iterator[str]:
    yield kubelet.part("kubeReserved").text("memory")
    yield kubelet.part("systemReserved").text("memory")
    yield kubelet.part("evictionHard").text("memory.available") or "100Mi"  # the kubelet's default
