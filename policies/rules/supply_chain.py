"""Where packages and images come from."""

import re
from collections.abc import Iterator

from policies.properties import Properties
from policies.rule import Scope, Severity, rule
from policies.rules.versions import version
from policies.stack import Stack
from policies.views.machines import hosts
from policies.violation import Violation

_REPOSITORY = re.compile(r"^(?:deb(?:-src)?\s+(?:\[[^\]]*\]\s+)?|baseurl\s*=\s*|URIs:\s*)(?P<url>\S+)", re.MULTILINE)


_IMAGE = re.compile(r"^\s*(?:-\s+)?image:\s*[\"']?(?P<image>[^\s\"'#]+)", re.MULTILINE)


WORKLOADS = re.compile(r"^kubernetes:(apps/v1|batch/v1|core/v1):(Deployment|DaemonSet|StatefulSet|Job|CronJob|Pod)$")


@rule(
    id="P66",
    title="Packages come signed, over TLS, from the repository of the wanted minor version",
    fix="Use https://pkgs.k8s.io/core:/stable:/v<minor>/deb/ (or your mirror of it) with signed-by or gpgcheck=1.",
    severity=Severity.HIGH,
    scope=Scope.RESOURCE,
    references=("Kubernetes documentation: changing the package repository",),
    thresholds={"mirrors": ["https://pkgs.k8s.io/"]},
)
def signed_packages(stack: Stack, *, mirrors: list[str]) -> Iterator[Violation]:
    """The kubelet runs as root on every node; whoever can change its package owns the cluster."""
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
    severity=Severity.HIGH,
    scope=Scope.RESOURCE,
    references=("Kubernetes documentation: images", "NSA/CISA Kubernetes Hardening Guide: supply chain"),
    thresholds={"registries": ["registry.k8s.io", "public.ecr.aws", "quay.io", "ghcr.io", "docker.io"]},
)
def pinned_images(stack: Stack, *, registries: list[str]) -> Iterator[Violation]:
    """`latest` is another image on the next node, and an unknown registry may give anything."""
    for host in hosts(stack):
        repository = host.kubeadm.cluster.text("imageRepository")
        if repository and repository.split("/")[0] not in registries:
            yield host.violation(f"images of the control plane come from {repository}")
        for path, text in host.find(lambda text: "image:" in text):
            for match in _IMAGE.finditer(text):
                if problem := _problem(match["image"], registries):
                    yield host.violation(f"{path}: the image {match['image']} {problem}")
    for resource in stack.resources:
        if WORKLOADS.match(resource.type):
            for image in _images(resource.properties):
                if problem := _problem(image, registries):
                    yield resource.violation(f"the image {image} {problem}")


def _problem(image: str, registries: list[str]) -> str:
    name, _, digest = image.partition("@")
    registry, slash, _ = name.partition("/")
    if not slash or ("." not in registry and ":" not in registry):
        registry = "docker.io"  # where a name without a registry leads
    tag = name.rsplit("/", 1)[-1].partition(":")[2]
    if registry not in registries:
        return f"comes from {registry}"
    return "" if digest or tag not in ("", "latest") else "has no version"


def _images(properties: Properties) -> Iterator[str]:
    specification = properties.part("spec")
    template = specification.part("jobTemplate").part("spec").part("template")
    pod = (specification.part("template") if specification.has("template") else template).part("spec")
    for part in (pod, specification):
        for name in ("containers", "initContainers"):
            yield from (container.text("image") for container in part.parts(name))
