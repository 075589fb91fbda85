"""Objects that run pods."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from policies.properties import Properties
from policies.stack import Stack, view
from policies.views.cluster_objects import ClusterObject, cluster_objects, texts
from policies.violation import Violation

KINDS = ("DaemonSet", "Deployment", "StatefulSet", "Job", "CronJob", "Pod")
SYSTEM = "kube-system"


@dataclass(frozen=True, kw_only=True, eq=False)
class Workload:
    """`replicas`: None if the number is not set; `pod` is the pods' own spec, `labels` are the pods' labels."""

    object: ClusterObject
    replicas: int | None
    pod: Properties
    labels: Mapping[str, str]

    @property
    def containers(self) -> tuple[Properties, ...]:
        """Containers and init containers."""
        return (*self.pod.parts("initContainers"), *self.pod.parts("containers"))

    def runs(self, program: str) -> bool:
        """Whether an image or a container has this name."""
        return any(
            program in container.text("name") or container.text("image").partition(":")[0].endswith(f"/{program}")
            for container in self.containers
        )

    def flags(self) -> Mapping[str, tuple[str, ...]]:
        """Options of all containers, each with its values in their order."""
        found: dict[str, list[str]] = {}
        for word in self.words():
            name, _, value = word.removeprefix("--").partition("=")
            if word.startswith("--"):
                found.setdefault(name, []).append(value or "true")
        return {name: tuple(values) for name, values in found.items()}

    def words(self) -> Iterator[str]:
        """The command lines, word by word."""
        for container in self.containers:
            yield from container.texts("command")
            yield from container.texts("args")

    def tolerates(self, taint: str) -> bool:
        """Whether a node with this taint still gets its pods."""
        return any(
            toleration.text("key") == taint or (not toleration.text("key") and toleration.text("operator") == "Exists")
            for toleration in self.pod.parts("tolerations")
        )

    def selected_by(self, selector: Properties) -> bool:
        """Whether a selector with labels selects its pods."""
        wanted = texts(selector, "matchLabels")
        return bool(wanted) and wanted.items() <= self.labels.items()

    def violation(self, what: str) -> Violation:
        """A violation of the object."""
        return self.object.violation(what)


@view
def workloads(stack: Stack) -> tuple[Workload, ...]:
    """Everything that runs pods."""
    return tuple(_workload(found) for found in cluster_objects(stack) if found.kind in KINDS)


@view
def workloads_by_label(stack: Stack) -> Mapping[tuple[str, str, str], tuple[Workload, ...]]:
    """Workloads by namespace and each label of their pods."""
    found: dict[tuple[str, str, str], list[Workload]] = {}
    for workload in workloads(stack):
        for name, value in workload.labels.items():
            found.setdefault((workload.object.namespace, name, value), []).append(workload)
    return {place: tuple(listed) for place, listed in found.items()}


def selected(stack: Stack, namespace: str, selector: Properties) -> tuple[Workload, ...]:
    """Workloads of a namespace whose pods a selector with labels selects."""
    every = [workloads_by_label(stack).get((namespace, n, v), ()) for n, v in texts(selector, "matchLabels").items()]
    return tuple(workload for workload in min(every, key=len, default=()) if workload.selected_by(selector))


def _workload(found: ClusterObject) -> Workload:
    spec = found.spec.part("jobTemplate").part("spec") if found.kind == "CronJob" else found.spec
    template = spec.part("template")
    replicas = spec.number("replicas") if spec.known("replicas") else None
    return Workload(
        object=found,
        replicas=int(replicas) if replicas is not None else 1 if found.kind in ("Deployment", "StatefulSet") else None,
        pod=spec if found.kind == "Pod" else template.part("spec"),
        labels=found.labels if found.kind == "Pod" else texts(template.part("metadata"), "labels"),
    )
