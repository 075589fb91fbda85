"""Which versions run together, and where programs come from."""

import re
from collections.abc import Iterator, Mapping

from policies.parsers.yaml_documents import stream
from policies.parsers.yaml_values import Unreadable
from policies.properties import Value
from policies.rule import Scope, Severity, rule
from policies.scope import MACHINE
from policies.stack import Stack
from policies.views.control_planes import control_planes
from policies.views.etcd import etcd_clusters
from policies.views.machines import hosts
from policies.violation import Violation

_EXACT = re.compile(r"v?([0-9]{1,4})\.([0-9]{1,4})\.([0-9]{1,4})")


SKEW = "Kubernetes documentation: version skew policy"


def version(text: str) -> tuple[int, int, int] | None:
    """An exact release as numbers."""
    match = _EXACT.fullmatch(text)
    return (int(match[1]), int(match[2]), int(match[3])) if match else None


@rule(
    id="P16",
    title="etcd's version fits Kubernetes' and has the needed fixes",
    fix="Use the etcd release that kubeadm of this Kubernetes version names, or a later patch of it.",
    evidence=MACHINE,
    severity=Severity.HIGH,
    references=("Kubernetes changelogs: etcd", "etcd documentation: data inconsistency, 3.5.0-3.5.2"),
    # kubeadm's own pairs: minor version of Kubernetes, first good etcd release.
    thresholds={"floors": ["1.33=3.5.21", "1.34=3.6.4", "1.35=3.6.4", "1.36=3.6.4", "1.37=3.7.0"]},
)
def matching_etcd(stack: Stack, *, floors: list[str]) -> Iterator[Violation]:
    """Kubernetes tests one pair; older etcd releases lose data or lack features that the API server uses."""
    by_minor = {
        minor: found for minor, _, text in (floor.partition("=") for floor in floors) if (found := version(text))
    }
    for plane in control_planes(stack):
        kubernetes, etcd = version(plane.kubernetes_version), version(plane.etcd_version)
        floor = by_minor.get(f"{kubernetes[0]}.{kubernetes[1]}") if kubernetes else None
        if etcd is None or floor is None:
            yield plane.violation(
                f"no pair is known for Kubernetes {plane.kubernetes_version} and etcd {plane.etcd_version}"
            )
        elif etcd < floor or etcd[:2] != floor[:2]:
            wanted = ".".join(map(str, floor))
            yield plane.violation(
                f"etcd {plane.etcd_version} with Kubernetes {plane.kubernetes_version}, which needs {wanted}"
            )
        for cluster in etcd_clusters(stack):
            if cluster.version and version(cluster.version) != etcd:
                yield cluster.violation(f"runs {cluster.version}, the control plane says {plane.etcd_version}")


@rule(
    id="P63",
    title="kubeadm's configuration has a version that kubeadm supports",
    fix="Write kubeadm.k8s.io/v1beta4 (extraArgs are a list of name and value).",
    evidence=MACHINE,
    severity=Severity.HIGH,
    scope=Scope.RESOURCE,
    references=("Kubernetes documentation: kubeadm configuration (v1beta4)",),
)
def current_kubeadm(stack: Stack) -> Iterator[Violation]:
    """v1beta3 is deprecated since 1.31 and removed in 1.37."""
    for host in hosts(stack):
        for found in sorted(set(host.kubeadm.versions) - {"kubeadm.k8s.io/v1beta4"}):
            yield host.violation(f"the configuration has version {found}")


@rule(
    id="P64",
    title="The Kubernetes version is an exact release that is still supported",
    fix="Name a full patch release, such as v1.36.3.",
    evidence=MACHINE,
    severity=Severity.HIGH,
    references=("Kubernetes releases: patch support", SKEW),
    thresholds={"supported": ["1.34", "1.35", "1.36"]},
)
def exact_version(stack: Stack, *, supported: list[str]) -> Iterator[Violation]:
    """`stable` may be a different version on a node built tomorrow; an unsupported one gets no fixes."""
    named = [(plane.resource, plane.kubernetes_version) for plane in control_planes(stack)]
    named += [
        (host.resource, text) for host in hosts(stack) if (text := host.kubeadm.cluster.text("kubernetesVersion"))
    ]
    for resource, text in named:
        found = version(text)
        if found is None:
            yield resource.violation(f"{resource.name}: {text or 'no version'} is not an exact release")
        elif f"{found[0]}.{found[1]}" not in supported:
            yield resource.violation(
                f"{resource.name}: {text} is not a supported minor version ({', '.join(supported)})"
            )


@rule(
    id="P65",
    title="All Kubernetes components have the same version",
    fix="Render kubernetesVersion, artifacts and package pins from one setting, and hold the packages.",
    evidence=MACHINE,
    severity=Severity.HIGH,
    references=(SKEW,),
)
def one_version(stack: Stack) -> Iterator[Violation]:
    """kubeadm refuses other versions, and a kubelet may not be newer than its API server."""
    wanted = {plane.kubernetes_version.removeprefix("v") for plane in control_planes(stack)}
    for host in hosts(stack):
        found = {"kubeadm's configuration": host.kubeadm.cluster.text("kubernetesVersion")}
        manifest = _manifest(host.manifest)
        found["the manifest"] = str(manifest.get("kubernetesVersion", ""))
        for path, text in host.find(lambda t: "kubeadm=" in t or "kubelet=" in t):
            for program, pinned in re.findall(r"\b(kubeadm|kubelet|kubectl)=v?(\d{1,3}\.\d{1,3}\.\d{1,3})", text):
                found[f"{program} in {path}"] = pinned
        found = {where: text.removeprefix("v") for where, text in found.items() if text}
        every = wanted | set(found.values())
        if len(every) > 1:
            listed = ", ".join(f"{where} {text}" for where, text in sorted(found.items()))
            yield host.violation(f"more than one version: {', '.join(sorted(every))} ({listed})")


def _manifest(text: str) -> Mapping[str, Value]:
    """The agent's manifest, which is JSON."""
    try:
        return next(iter(stream(text)), {}) if text else {}
    except Unreadable:
        return {}
