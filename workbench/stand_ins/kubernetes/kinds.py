"""The kinds of objects that this program makes: their API paths, and the fields that it never changes in place."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Kind:
    """One kind. `group` is empty for the core group; `fixed` are paths that only a new object can change."""

    group: str = ""
    version: str = "v1"
    name: str
    plural: str
    namespaced: bool = True
    fixed: tuple[str, ...] = ()

    @property
    def api_version(self) -> str:
        """As in an object: `v1` or `apps/v1`."""
        return f"{self.group}/{self.version}" if self.group else self.version

    @property
    def token(self) -> str:
        """The complete type token of pulumi-kubernetes."""
        return f"kubernetes:{self.group or 'core'}/{self.version}:{self.name}"

    def collection(self, namespace: str) -> str:
        """URL path of all objects of this kind, in one namespace if it has them."""
        root = f"/apis/{self.api_version}" if self.group else f"/api/{self.version}"
        return f"{root}/namespaces/{namespace}/{self.plural}" if self.namespaced else f"{root}/{self.plural}"


_RBAC = "rbac.authorization.k8s.io"
IDENTITY = ("apiVersion", "kind", "metadata.name", "metadata.namespace")

# `fixed`: from the validation of updates in k8s.io/kubernetes/pkg/apis, 1.36.
KINDS = {
    kind.name: kind
    for kind in (
        Kind(name="Namespace", plural="namespaces", namespaced=False),
        Kind(name="ConfigMap", plural="configmaps"),
        Kind(name="Secret", plural="secrets", fixed=("type",)),
        Kind(name="Service", plural="services", fixed=("spec.clusterIP", "spec.clusterIPs")),
        Kind(name="ServiceAccount", plural="serviceaccounts"),
        Kind(name="ResourceQuota", plural="resourcequotas", fixed=("spec.scopes", "spec.scopeSelector")),
        Kind(name="LimitRange", plural="limitranges"),
        Kind(group="apps", name="Deployment", plural="deployments", fixed=("spec.selector",)),
        Kind(group="apps", name="DaemonSet", plural="daemonsets", fixed=("spec.selector",)),
        Kind(group="policy", name="PodDisruptionBudget", plural="poddisruptionbudgets"),
        Kind(
            group="scheduling.k8s.io",
            name="PriorityClass",
            plural="priorityclasses",
            namespaced=False,
            fixed=("value", "preemptionPolicy"),
        ),
        Kind(group="networking.k8s.io", name="NetworkPolicy", plural="networkpolicies"),
        Kind(group=_RBAC, name="Role", plural="roles"),
        Kind(group=_RBAC, name="RoleBinding", plural="rolebindings", fixed=("roleRef",)),
        Kind(group=_RBAC, name="ClusterRole", plural="clusterroles", namespaced=False),
        Kind(
            group=_RBAC, name="ClusterRoleBinding", plural="clusterrolebindings", namespaced=False, fixed=("roleRef",)
        ),
        Kind(
            group="storage.k8s.io",
            name="StorageClass",
            plural="storageclasses",
            namespaced=False,
            fixed=("provisioner", "parameters", "reclaimPolicy", "volumeBindingMode"),
        ),
        Kind(group="apiregistration.k8s.io", name="APIService", plural="apiservices", namespaced=False),
    )
}
