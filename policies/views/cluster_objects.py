"""Kubernetes objects that a stack creates through pulumi-kubernetes."""

from collections.abc import Mapping
from dataclasses import dataclass

from policies.properties import Properties
from policies.resources import Resource
from policies.stack import Stack, view
from policies.views.control_planes import TYPE as CONTROL_PLANE
from policies.views.machines import hosts
from policies.violation import Violation

PREFIX = "kubernetes:"


@dataclass(frozen=True, kw_only=True, eq=False)
class ClusterObject:
    """`api` is the group and version, as in apps/v1 (`core/v1` for Kubernetes' own); '' as namespace: not set."""

    resource: Resource
    api: str
    kind: str
    name: str
    namespace: str
    labels: Mapping[str, str]
    annotations: Mapping[str, str]

    @property
    def properties(self) -> Properties:
        """Its fields."""
        return self.resource.properties

    @property
    def spec(self) -> Properties:
        """Its `spec`, empty if it is missing."""
        return self.resource.properties.part("spec")

    def violation(self, what: str) -> Violation:
        """A violation of this object, with its kind and name."""
        place = f"{self.namespace}/{self.name}" if self.namespace else self.name
        because = f"{self.name} is judged because this stack makes the control plane of its cluster"
        return Violation(what=f"{self.kind} {place} {what}", urn=self.resource.urn, because=because)


@view
def cluster_objects(stack: Stack) -> tuple[ClusterObject, ...]:
    """Objects in a stack that has a control plane; charts and other bundles are components, which hold their objects.

    Without one, the objects belong to a cluster that the stack does not make, and are not judged.
    """
    if not stack.of(CONTROL_PLANE) and not any(host.is_plane for host in hosts(stack)):
        return ()
    return tuple(
        _object(resource)
        for resource in stack.resources
        if resource.type.startswith(PREFIX) and resource.type.count(":") == 2  # noqa: PLR2004 -- kubernetes:group:Kind
    )


@view
def objects_by_place(stack: Stack) -> Mapping[tuple[str, str], tuple[ClusterObject, ...]]:
    """Objects by kind and namespace."""
    found: dict[tuple[str, str], list[ClusterObject]] = {}
    for each in cluster_objects(stack):
        found.setdefault((each.kind, each.namespace), []).append(each)
    return {place: tuple(listed) for place, listed in found.items()}


def of_kind(stack: Stack, kind: str) -> tuple[ClusterObject, ...]:
    """Objects of one kind, in every namespace."""
    return tuple(found for found in cluster_objects(stack) if found.kind == kind)


def _object(resource: Resource) -> ClusterObject:
    _, api, kind = resource.type.split(":")
    # The provider generates a missing name; until then the resource's own name is used.
    metadata = resource.properties.part("metadata") if resource.properties.known("metadata") else None
    return ClusterObject(
        resource=resource,
        api=api,
        kind=kind,
        name=_known_text(metadata, "name") or resource.name.rpartition("/")[2],
        namespace=_known_text(metadata, "namespace"),
        labels=texts(metadata, "labels"),
        annotations=texts(metadata, "annotations"),
    )


def _known_text(properties: Properties | None, name: str) -> str:
    return properties.text(name) if properties is not None and properties.known(name) else ""


def texts(properties: Properties | None, name: str) -> Mapping[str, str]:
    """A mapping of texts, such as labels. What is not known yet is left out."""
    value = properties.raw(name) if properties is not None else None
    return {key: text for key, text in value.items() if isinstance(text, str)} if isinstance(value, dict) else {}
