"""Volumes for workloads."""

from collections.abc import Iterator

from policies.rule import Level, Severity, rule
from policies.scope import OBJECT
from policies.stack import Stack
from policies.views.cluster_objects import cluster_objects
from policies.violation import Violation

DEFAULT = "storageclass.kubernetes.io/is-default-class"


@rule(
    id="P90",
    title="Exactly one StorageClass is the default, and classes keep their volumes",
    fix="Annotate one class as the default, and set reclaimPolicy: Retain.",
    evidence=OBJECT,
    severity=Severity.MEDIUM,
    level=Level.ADVISORY,
    references=("Kubernetes documentation: change the default StorageClass",),
    thresholds={"disposable": []},
)
def one_default_class(stack: Stack, *, disposable: list[str]) -> Iterator[Violation]:
    """If there are several defaults, the newest wins, so new claims silently use another class.

    With reclaimPolicy Delete, a deleted claim deletes its data.
    """
    classes = [found for found in cluster_objects(stack) if found.kind == "StorageClass"]
    defaults = [found for found in classes if found.annotations.get(DEFAULT) == "true"]
    if classes and not defaults:
        yield classes[0].violation("is not the default, and no other class is")
    for found in defaults[1:]:
        yield found.violation(f"is a default, and so is {defaults[0].name}")
    for found in classes:
        if found.properties.text("reclaimPolicy") != "Retain" and found.name not in disposable:
            yield found.violation("deletes a volume with its claim")
