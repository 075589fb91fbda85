"""Where packages and images come from."""

import re
from collections.abc import Iterator

from policies.parsers.yaml_documents import stream
from policies.parsers.yaml_values import Unreadable
from policies.properties import Value
from policies.rule import Scope, Severity, rule
from policies.rules.versions import version
from policies.scope import MACHINE
from policies.stack import Stack
from policies.views.machines import hosts
from policies.views.workloads import workloads
from policies.violation import Violation

_REPOSITORY = re.compile(
    r"(?:\bdeb(?:-src)?[ \t]+(?:\[[^\]\n]{0,300}\][ \t]+)?|^baseurl[ \t]*=[ \t]*|^URIs:[ \t]*)(?P<url>https?://[^\s'\"]+)",
    re.MULTILINE,
)


CONTAINERS = ("containers", "initContainers")


@rule(
    id="P66",
    title="Packages are signed and downloaded over TLS from the repository of the configured minor version",
    fix="Use https://pkgs.k8s.io/core:/stable:/v<minor>/deb/ (or your mirror of it) with signed-by or gpgcheck=1.",
    evidence=MACHINE,
    severity=Severity.HIGH,
    scope=Scope.RESOURCE,
    references=("Kubernetes documentation: changing the package repository",),
    thresholds={"mirrors": ["https://pkgs.k8s.io/"]},
)
def signed_packages(stack: Stack, *, mirrors: list[str]) -> Iterator[Violation]:
    """The kubelet runs as root on every node; an attacker who controls its package controls the cluster."""
    for host in hosts(stack):
        kubernetes = version(host.kubeadm.cluster.text("kubernetesVersion"))
        for path, text in host.find(lambda t: ("deb " in t or "baseurl" in t or "URIs:" in t) and "kube" in t.lower()):
            if "gpgcheck=0" in text or "trusted=yes" in text:
                yield host.violation(f"{path} does not check signatures")
            for url in (
                match["url"] for match in _REPOSITORY.finditer(text) if "k8s" in match["url"] or "kube" in match["url"]
            ):
                if not url.startswith(tuple(mirrors)):
                    yield host.violation(f"{path} names {url}, which is not one of {', '.join(mirrors)}")
                if kubernetes and f"v{kubernetes[0]}.{kubernetes[1]}" not in url:
                    yield host.violation(f"{path} names {url}, but Kubernetes is {kubernetes[0]}.{kubernetes[1]}")


@rule(
    id="P67",
    title="Images are pinned and come from known registries",
    fix="Name a version (or a digest) for every image, and add your registry to `registries`.",
    evidence=MACHINE,
    severity=Severity.HIGH,
    scope=Scope.RESOURCE,
    references=("Kubernetes documentation: images", "NSA/CISA Kubernetes Hardening Guide: supply chain"),
    thresholds={"registries": ["registry.k8s.io", "public.ecr.aws", "quay.io", "ghcr.io", "docker.io"]},
)
def pinned_images(stack: Stack, *, registries: list[str]) -> Iterator[Violation]:
    """`latest` may be a different image on the next node, and an unknown registry may serve any content."""
    for host in hosts(stack):
        repository = host.kubeadm.cluster.text("imageRepository")
        if repository and repository.split("/")[0] not in registries:
            yield host.violation(f"images of the control plane come from {repository}", at="imageRepository")
        for path, text in host.find(lambda text: "image" in text and "kind" in text):
            for image in _listed(text):
                if problem := _problem(image, registries):
                    yield host.violation(f"{path}: the image {image} {problem}", at=image)
    for workload in workloads(stack):
        for container in workload.containers:
            # An image that the same program builds has a name that only the update knows.
            image = container.text("image") if container.known("image") else ""
            if image and (problem := _problem(image, registries)):
                yield workload.object.resource.violation(f"the image {image} {problem}")


def _listed(text: str) -> Iterator[str]:
    """Images of the containers in Kubernetes' own documents."""
    try:
        waiting: list[Value] = [document for document in stream(text) if "kind" in document]
    except Unreadable:
        return
    while waiting:
        value = waiting.pop()
        if isinstance(value, list):
            waiting += value
        elif isinstance(value, dict):
            for name in CONTAINERS:
                listed = value.get(name)
                for container in listed if isinstance(listed, list) else ():
                    if isinstance(container, dict) and isinstance(image := container.get("image"), str):
                        yield image
            waiting += value.values()


def _problem(image: str, registries: list[str]) -> str:
    name, _, digest = image.partition("@")
    registry, slash, _ = name.partition("/")
    if not slash or ("." not in registry and ":" not in registry):
        registry = "docker.io"  # the registry of a name without one
    tag = name.rsplit("/", 1)[-1].partition(":")[2]
    if registry not in registries:
        return f"comes from {registry}"
    return "" if digest or tag not in ("", "latest") else "has no version"
