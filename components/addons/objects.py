"""Creates typed pulumi-kubernetes resources from plain objects."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import cast

import pulumi
import pulumi_kubernetes as kubernetes

Object = Mapping[str, object]
Make = Callable[..., pulumi.CustomResource]
WORKLOADS = ("Deployment", "DaemonSet")


def _kinds() -> Mapping[tuple[str, str], Make]:
    """The resource class of each kind that an add-on may use. The SDK loads a group with its first kind."""
    core, rbac = kubernetes.core.v1, kubernetes.rbac.v1
    return {
        ("v1", "ConfigMap"): core.ConfigMap,
        ("v1", "LimitRange"): core.LimitRange,
        ("v1", "Namespace"): core.Namespace,
        ("v1", "ResourceQuota"): core.ResourceQuota,
        ("v1", "Secret"): core.Secret,
        ("v1", "Service"): core.Service,
        ("v1", "ServiceAccount"): core.ServiceAccount,
        ("apps/v1", "DaemonSet"): kubernetes.apps.v1.DaemonSet,
        ("apps/v1", "Deployment"): kubernetes.apps.v1.Deployment,
        ("apiregistration.k8s.io/v1", "APIService"): kubernetes.apiregistration.v1.APIService,
        ("networking.k8s.io/v1", "NetworkPolicy"): kubernetes.networking.v1.NetworkPolicy,
        ("policy/v1", "PodDisruptionBudget"): kubernetes.policy.v1.PodDisruptionBudget,
        ("rbac.authorization.k8s.io/v1", "ClusterRole"): rbac.ClusterRole,
        ("rbac.authorization.k8s.io/v1", "ClusterRoleBinding"): rbac.ClusterRoleBinding,
        ("rbac.authorization.k8s.io/v1", "Role"): rbac.Role,
        ("rbac.authorization.k8s.io/v1", "RoleBinding"): rbac.RoleBinding,
        ("scheduling.k8s.io/v1", "PriorityClass"): kubernetes.scheduling.v1.PriorityClass,
        ("storage.k8s.io/v1", "StorageClass"): kubernetes.storage.v1.StorageClass,
    }


def make(
    documents: Sequence[Object],
    *,
    parent: pulumi.Resource,
    after: Sequence[pulumi.Resource] = (),
    pods_after: Sequence[pulumi.Resource] = (),
) -> list[pulumi.CustomResource]:
    """Create one resource for each object. A namespace comes before its contents, pods come after everything else.

    Services come after pods, because the provider waits until a Service has ready pods. `after`: resources that all
    objects wait for; `pods_after`: resources that only pods wait for.
    """
    kinds = _kinds()
    service = kubernetes.core.v1.Service
    made: list[pulumi.CustomResource] = []
    for document in documents:
        kind = str(document["kind"])
        namespaces = [resource for resource in made if isinstance(resource, kubernetes.core.v1.Namespace)]
        needed = [resource for resource in made if not isinstance(resource, service)]
        waits = [*needed, *pods_after] if kind in WORKLOADS else namespaces
        opts = pulumi.ResourceOptions(parent=parent, depends_on=[*after, *waits])
        fields = {_snake(key): value for key, value in document.items() if key not in ("apiVersion", "kind")}
        made.append(kinds[str(document["apiVersion"]), kind](_name(document), **fields, opts=opts))
    return made


def _name(document: Object) -> str:
    """`namespace/name`; unique within a kind, as in Kubernetes."""
    metadata = cast("Object", document["metadata"])
    return "/".join(str(metadata[key]) for key in ("namespace", "name") if key in metadata)


def _snake(key: str) -> str:
    return re.sub(r"(?<=[a-z])([A-Z])", lambda found: f"_{found[1].lower()}", key)
