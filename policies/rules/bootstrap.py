"""How a machine becomes a node."""

import re
from collections.abc import Iterator

from policies.facts import nested
from policies.rule import Scope, Severity, rule
from policies.scope import MACHINE
from policies.stack import Stack
from policies.views.machines import hosts
from policies.violation import Violation

SOCKETS = ("containerd", "crio")
_FORWARDS = re.compile(r"ip_forward[ \t]*=[ \t]*1")


TIME = re.compile(r"chrony|systemd-timesyncd|ntpd|ntpsec|169\.254\.169\.123")


_DURATION = re.compile(r"([0-9]{1,9}(?:\.[0-9]{1,9})?)(h|ms|us|m|s)")  # Go's durations


_HOURS = {"h": 1.0, "m": 1 / 60, "s": 1 / 3600, "ms": 1 / 3.6e6, "us": 1 / 3.6e9}


# Commands that installation guides often contain and that weaken a machine.
_WEAKENING = {
    "SELinux is switched off": re.compile(r"setenforce[ \t]+0|^[ \t]{0,20}SELINUX=disabled", re.MULTILINE),
    "AppArmor is switched off": re.compile(r"systemctl[ \t]+(?:disable|stop|mask)\b[^\n]{0,200}?apparmor|apparmor=0"),
    "the firewall is switched off": re.compile(
        r"systemctl[ \t]+(?:disable|stop|mask)\b[^\n]{0,200}?(?:firewalld|ufw)|ufw[ \t]+disable"
    ),
}


CREATING_CONTAINERS = "Kubernetes documentation: installing kubeadm"


@rule(
    id="P68",
    title="The container runtime is containerd or CRI-O, by its socket's full URL",
    fix="Set criSocket to unix:///run/containerd/containerd.sock.",
    evidence=MACHINE,
    severity=Severity.HIGH,
    scope=Scope.RESOURCE,
    references=("Kubernetes documentation: container runtimes",),
)
def runtime_socket(stack: Stack) -> Iterator[Violation]:
    """dockershim was removed in 1.24, and a path without a scheme is deprecated."""
    for host in hosts(stack):
        for document in (host.kubeadm.init, host.kubeadm.join):
            socket = document.part("nodeRegistration").text("criSocket")
            if socket and (not socket.startswith("unix://") or not any(name in socket for name in SOCKETS)):
                yield host.violation(f"criSocket is {socket}")


@rule(
    id="P71",
    title="Bootstrap tokens are short-lived, and a joining node verifies the cluster that it joins",
    fix="Let tokens live 24 h at most and pass caCertHashes; better, copy certificates to the node "
    "in advance and use no token.",
    evidence=MACHINE,
    severity=Severity.HIGH,
    scope=Scope.RESOURCE,
    references=("Kubernetes documentation: kubeadm join, token-based discovery",),
    thresholds={"hours": 24},
)
def short_tokens(stack: Stack, *, hours: int) -> Iterator[Violation]:
    """A token is a password for becoming a node; without the hash, a node joins any server that responds."""
    for host in hosts(stack):
        for token in host.kubeadm.init.parts("bootstrapTokens"):
            lives = _hours(token.text("ttl") or "24h0m0s")
            if lives == 0 or lives > hours:
                yield host.violation(f"a bootstrap token lives {token.text('ttl')}")
            if token.has("token") and not token.is_secret("token"):
                yield host.violation("a bootstrap token is written in a document")
        discovery = host.kubeadm.join.part("discovery").part("bootstrapToken")
        unchecked = discovery.flag("unsafeSkipCAVerification") or not discovery.texts("caCertHashes")
        if discovery.names() and unchecked:
            yield host.violation("joins without checking the authority (caCertHashes)")
        for path, _ in host.find(lambda text: "--discovery-token-unsafe-skip-ca-verification" in text):
            yield host.violation(f"{path} joins without checking the authority")


def _hours(text: str) -> float:
    return sum(float(number) * _HOURS[unit] for number, unit in _DURATION.findall(text))


@rule(
    id="P72",
    title="Swap is off, forwarding is on, and the machine's security features stay on",
    fix="Set net.ipv4.ip_forward = 1, leave failSwapOn true, keep SELinux, AppArmor and the firewall.",
    evidence=MACHINE,
    severity=Severity.HIGH,
    references=(CREATING_CONTAINERS, "NSA/CISA Kubernetes Hardening Guide: worker nodes"),
)
def prepared_system(stack: Stack) -> Iterator[Violation]:
    """Pods reach nothing without forwarding; with swap a node under memory pressure stalls instead of failing.

    Machines that are containers on this computer cannot turn off its swap and are exempt.
    """
    lenient = nested(stack)
    for host in hosts(stack):
        kubelet = host.kubeadm.kubelet
        if kubelet.names() and not kubelet.flag("failSwapOn", missing=True) and host.address not in lenient:
            yield host.violation("the kubelet runs although swap is on")
        forwarding = "\n".join(text for _, text in host.find(lambda text: "net.ipv4.ip_forward" in text))
        if host.is_plane and host.kubeadm.cluster.names() and not _FORWARDS.search(forwarding):
            yield host.violation("net.ipv4.ip_forward is not set to 1")
        for what, pattern in _WEAKENING.items():
            for path, _ in host.find(lambda text, pattern=pattern: bool(pattern.search(text))):  # type: ignore[misc]
                yield host.violation(f"{what} in {path}")


@rule(
    id="P73",
    title="Every machine of the control plane synchronizes its clock",
    fix="Configure chrony (or systemd-timesyncd) with a time source on every machine.",
    evidence=MACHINE,
    severity=Severity.HIGH,
    scope=Scope.RESOURCE,
    references=("etcd documentation: hardware recommendations", "CIS Debian Linux: time synchronization"),
)
def time_source(stack: Stack) -> Iterator[Violation]:
    """Certificates, leases and tokens depend on the clock; if it is an hour off, the cluster fails."""
    for host in hosts(stack):
        runs = host.kubeadm.cluster.names() or host.etcd or host.keepalived.instances
        reads = host.files or host.manifest  # a machine that only runs a command may already have a time source
        if host.role != "other" and runs and reads and not any(TIME.search(f"{p}\n{t}") for p, t in host.texts.items()):
            yield host.violation("no time source is configured")
