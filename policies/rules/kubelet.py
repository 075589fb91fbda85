"""The kubelet: who can call it, how it is started, what it reserves."""

from collections.abc import Iterator, Mapping

from policies.facts import nested
from policies.properties import Properties
from policies.quantities import amount
from policies.rule import Level, Scope, Severity, rule
from policies.scope import KUBELET
from policies.stack import Stack
from policies.views.hosts import Host
from policies.views.machines import hosts
from policies.violation import Violation

TRUE = ("true", "1", "t")  # what Go's flag package reads as true


@rule(
    id="P50",
    title="The kubelet's certificates come from an authority and are renewed",
    fix="Set serverTLSBootstrap and rotateCertificates, or give the kubelet a certificate from the certificate tree.",
    evidence=KUBELET,
    severity=Severity.MEDIUM,
    level=Level.ADVISORY,
    scope=Scope.RESOURCE,
    references=("CIS Kubernetes 1.12: 4.2.9", "CIS Kubernetes 1.12: 4.2.10", "CIS Kubernetes 1.12: 4.2.11"),
)
def renewed_certificates(stack: Stack) -> Iterator[Violation]:
    """A self-signed kubelet certificate cannot be verified; without renewal the kubelet stops after a year."""
    for host in hosts(stack):
        kubelet = host.kubeadm.kubelet
        if not kubelet.names():
            continue
        if not kubelet.flag("serverTLSBootstrap") and not kubelet.text("tlsCertFile"):
            yield host.violation("the kubelet serves with a certificate that it signed itself")
        # The kubelet gets its certificate from the tree, in a kubeconfig or in a secret that cannot be read before the
        # update.
        issued = host.sealed or any(path.endswith("kubelet.conf") for path in host.files)
        if not kubelet.flag("rotateCertificates", missing=True) and not issued:
            yield host.violation("nothing renews the kubelet's client certificate")


@rule(
    id="P60",
    title="The kubelet lets the API server authenticate and authorize its callers",
    fix="Set authentication.anonymous to false, authentication.webhook to true, authorization.mode to Webhook.",
    evidence=KUBELET,
    severity=Severity.CRITICAL,
    scope=Scope.RESOURCE,
    references=("CIS Kubernetes 1.12: 4.2.1", "CIS Kubernetes 1.12: 4.2.2", "CIS Kubernetes 1.12: 4.2.4"),
)
def authorized_callers(stack: Stack) -> Iterator[Violation]:
    """A caller of the kubelet can run commands in every container of the machine."""
    for host in hosts(stack):
        wrong = dict(_open_doors(host.kubeadm.kubelet, host.kubelet_flags))
        if wrong:
            yield host.violation(f"the kubelet {' and '.join(wrong)}", at=next(iter(wrong.values())))


def _open_doors(kubelet: Properties, flags: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Settings that let callers in, each with the text that locates its line. kubeadm's defaults are safe.

    Options of the command line win over the configuration file.
    """
    authentication = kubelet.part("authentication")
    anonymous = flags.get("anonymous-auth", authentication.part("anonymous").text("enabled")).lower()
    webhook = flags.get("authentication-token-webhook", authentication.part("webhook").text("enabled")).lower()
    mode = flags.get("authorization-mode", kubelet.part("authorization").text("mode"))
    port = flags.get("read-only-port", kubelet.text("readOnlyPort"))
    if anonymous in TRUE:
        yield "answers anonymous callers", "anonymous"
    if webhook and webhook not in TRUE:
        yield "does not check tokens with the API server", "webhook"
    if mode not in ("", "Webhook"):
        yield "allows every authenticated caller to do everything", "uthorization"
    if port not in ("", "0"):
        yield "has its read-only port open", "ead"


@rule(
    id="P69",
    title="Kubelet and container runtime use the systemd cgroup driver",
    fix="Set cgroupDriver: systemd, and SystemdCgroup = true in containerd's configuration.",
    evidence=KUBELET,
    severity=Severity.HIGH,
    references=("Kubernetes documentation: container runtimes, cgroup drivers",),
)
def systemd_cgroups(stack: Stack) -> Iterator[Violation]:
    """With two managers of the cgroup tree, a node becomes unstable under load; kubelet and runtime must agree.

    Machines that are containers on this computer do not have their own cgroup tree and may use cgroupfs.
    """
    lenient = nested(stack)
    for host in hosts(stack):
        driver = host.kubeadm.kubelet.text("cgroupDriver")
        runtime = {"true" in text.split("SystemdCgroup", 1)[1].partition("\n")[0] for _, text in _drivers(host)}
        if driver and runtime and runtime != {driver == "systemd"}:
            yield host.violation(f"the kubelet uses {driver}, but containerd uses the other driver")
        if driver not in ("", "systemd") and host.address not in lenient:
            yield host.violation(f"the kubelet's cgroup driver is {driver}")


def _drivers(host: Host) -> Iterator[tuple[str, str]]:
    """containerd's configuration files; scripts are left out, because they also contain the value that they replace."""
    return ((path, text) for path, text in host.find(lambda t: "SystemdCgroup" in t) if path.endswith(".toml"))


@rule(
    id="P74",
    title="The machine reserves resources for its own daemons",
    fix="Set kubeReserved, systemReserved and evictionHard; name the cgroups if they are enforced.",
    evidence=KUBELET,
    severity=Severity.LOW,
    level=Level.ADVISORY,
    scope=Scope.RESOURCE,
    references=("Kubernetes documentation: reserve compute resources for system daemons",),
)
def reserved_resources(stack: Stack) -> Iterator[Violation]:
    """A pod that uses all memory takes down etcd and the kubelet."""
    for host in hosts(stack):
        kubelet = host.kubeadm.kubelet
        if not kubelet.names():
            continue
        missing = [n for n in ("kubeReserved", "systemReserved", "evictionHard") if not kubelet.part(n).names()]
        if missing:
            yield host.violation(f"{', '.join(missing)} {'is' if len(missing) == 1 else 'are'} not set")
        for enforced, group in (("kube-reserved", "kubeReservedCgroup"), ("system-reserved", "systemReservedCgroup")):
            if enforced in kubelet.texts("enforceNodeAllocatable") and not kubelet.text(group):
                yield host.violation(f"{enforced} is enforced, but {group} is not set")


@rule(
    id="P75",
    title="Statically managed memory adds up",
    fix="Make reservedMemory equal to kubeReserved + systemReserved + the hard eviction threshold.",
    evidence=KUBELET,
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
