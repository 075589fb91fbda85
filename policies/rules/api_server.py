"""Options of the API server, the controller manager and the scheduler."""

from collections.abc import Iterator

from policies.parsers.limits import DIGITS
from policies.rule import Scope, Severity, rule
from policies.scope import PLANE
from policies.stack import Stack
from policies.views.hosts import COMPONENTS, Host
from policies.views.machines import hosts
from policies.violation import Violation

FALSE = ("false", "0", "f")  # what Go's flag package reads as false
ELECTED = ("kube-controller-manager", "kube-scheduler", "cloud-controller-manager")
AUDIT = {"maxage": "CIS Kubernetes 1.12: 1.2.17", "maxbackup": "1.2.18", "maxsize": "1.2.19"}
# Removed options: a component that gets one does not start.
REMOVED = {
    "kube-apiserver": ("cloud-provider", "cloud-config", "insecure-port", "insecure-bind-address", "kubelet-https"),
    "kubelet": ("container-runtime", "network-plugin", "cni-bin-dir", "cni-conf-dir", "dynamic-config-dir"),
    "kubeadm": ("experimental-upload-certs", "experimental-control-plane"),
}
GONE_TEXTS = ("dockershim.sock", "--experimental-upload-certs")


def _serves(host: Host) -> bool:
    """Whether the host's documents configure an API server."""
    return bool(host.kubeadm.cluster.names() or host.flags("kube-apiserver"))


@rule(
    id="P53",
    title="Leader election is never switched off",
    fix="Remove leader-elect=false.",
    evidence=PLANE,
    severity=Severity.CRITICAL,
    scope=Scope.RESOURCE,
    references=("Kubernetes documentation: kube-controller-manager, --leader-elect",),
)
def leader_election(stack: Stack) -> Iterator[Violation]:
    """Two active controller managers or schedulers undo each other's work."""
    for host in hosts(stack):
        for component in ELECTED:
            if host.flags(component).get("leader-elect", "true").lower() in FALSE:
                yield host.violation(f"{component} runs without leader election", at="leader-elect")


@rule(
    id="P58",
    title="The API server writes an audit log and keeps it long enough",
    fix="Set audit-policy-file, audit-log-path, and maxage, maxbackup and maxsize of at least 30, 10 and 100.",
    evidence=PLANE,
    severity=Severity.HIGH,
    scope=Scope.RESOURCE,
    references=(*(f"CIS Kubernetes 1.12: 1.2.{n}" for n in range(16, 20)), "CIS Kubernetes 1.12: 3.2.1"),
    thresholds={"maxage": 30, "maxbackup": 10, "maxsize": 100},
)
def audit_log(stack: Stack, **least: int) -> Iterator[Violation]:
    """Without it you cannot find out afterwards who read a Secret."""
    for host in hosts(stack):
        if not _serves(host):
            continue
        flags = host.flags("kube-apiserver")
        wrong = [f"has no {option}" for option in ("audit-policy-file", "audit-log-path") if not flags.get(option)]
        for name, bound in least.items():
            found = flags.get(f"audit-log-{name}", "0")
            if not _whole(found) or int(found) < bound:
                wrong.append(f"has audit-log-{name} {found}, less than {bound}")
        if wrong:
            yield host.violation(f"the API server {' and '.join(wrong)}", at="audit-log")


def _whole(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < DIGITS


@rule(
    id="P59",
    title="The Node and RBAC authorizers are on, and nodes change only their own objects",
    fix="Set authorization-mode to Node,RBAC and enable the admission plugin NodeRestriction.",
    evidence=PLANE,
    severity=Severity.CRITICAL,
    scope=Scope.RESOURCE,
    references=(*(f"CIS Kubernetes 1.12: 1.2.{n}" for n in (6, 7, 8, 14)),),
)
def node_and_rbac(stack: Stack) -> Iterator[Violation]:
    """AlwaysAllow makes every client an administrator; without NodeRestriction one stolen kubelet edits all nodes."""
    for host in hosts(stack):
        flags = host.flags("kube-apiserver")
        # kubeadm sets both by default; a bare API server does not.
        kubeadm = bool(host.kubeadm.cluster.names())
        if not kubeadm and not flags:
            continue
        modes = flags.get("authorization-mode", "Node,RBAC" if kubeadm else "AlwaysAllow").split(",")
        if "authorization-config" not in flags and ("AlwaysAllow" in modes or not {"Node", "RBAC"} <= set(modes)):
            yield host.violation(f"authorization-mode is {','.join(modes)}", at="authorization-mode")
        plugins = flags.get("enable-admission-plugins", "NodeRestriction" if kubeadm else "").split(",")
        if "NodeRestriction" not in plugins or "NodeRestriction" in flags.get("disable-admission-plugins", ""):
            yield host.violation("the admission plugin NodeRestriction is not enabled")


@rule(
    id="P61",
    title="No alpha API, no switched-off built-in API, no EventedPLEG",
    fix="Remove the entry from runtime-config or featureGates.",
    evidence=PLANE,
    severity=Severity.MEDIUM,
    scope=Scope.RESOURCE,
    references=("Kubernetes documentation: enabling or disabling a Kubernetes API",),
)
def stable_apis(stack: Stack) -> Iterator[Violation]:
    """Alpha APIs can disappear in the next version with all their objects; EventedPLEG loses containers."""
    for host in hosts(stack):
        for entry in host.flags("kube-apiserver").get("runtime-config", "").split(","):
            if "alpha" in entry and not entry.endswith("=false"):
                yield host.violation(f"runtime-config enables {entry}")
            if entry == "api/all=false":
                yield host.violation("runtime-config switches all built-in APIs off")
        gates = ",".join(host.flags(component).get("feature-gates", "") for component in (*COMPONENTS, "kubelet"))
        if "EventedPLEG=true" in gates or host.kubeadm.kubelet.part("featureGates").flag("EventedPLEG"):
            yield host.violation("the feature gate EventedPLEG is on")


@rule(
    id="P62",
    title="No option that no longer exists",
    fix="Remove the option; its effect is gone or is now the default.",
    evidence=PLANE,
    severity=Severity.HIGH,
    scope=Scope.RESOURCE,
    references=("Kubernetes changelogs 1.24, 1.31, 1.33",),
)
def no_removed_options(stack: Stack) -> Iterator[Violation]:
    """A component that is started with an unknown option exits, on every node at once."""
    for host in hosts(stack):
        for component, options in REMOVED.items():
            found = host.kubelet_flags if component == "kubelet" else host.flags(component)
            for option in sorted(set(options) & set(found)):
                yield host.violation(f"{component} is started with --{option}")
        for gone in GONE_TEXTS:
            for path, _ in host.find(lambda text, gone=gone: gone in text):  # type: ignore[misc]  # a bound default
                yield host.violation(f"{path} has {gone}")
