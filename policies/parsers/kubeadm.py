"""kubeadm's configuration files (kubeadm.k8s.io) and the component configurations that travel in them."""

from collections.abc import Mapping
from dataclasses import dataclass

from policies.parsers.yaml_documents import documents
from policies.properties import Properties, Value

KINDS = (
    "InitConfiguration",
    "JoinConfiguration",
    "ClusterConfiguration",
    "KubeletConfiguration",
    "KubeProxyConfiguration",
)


@dataclass(frozen=True, kw_only=True, eq=False)
class Kubeadm:
    """One stream. Missing documents are empty."""

    versions: tuple[str, ...]  # apiVersion of each kubeadm document
    init: Properties
    join: Properties
    cluster: Properties
    kubelet: Properties
    proxy: Properties

    def arguments(self, component: str) -> Mapping[str, str]:
        """extraArgs of apiServer, controllerManager or scheduler: a list since v1beta4, a mapping before."""
        part = self.cluster.part(component)
        listed = {entry.text("name"): entry.text("value") for entry in part.parts("extraArgs") if entry.has("name")}
        return listed or {name: part.part("extraArgs").text(name) for name in part.part("extraArgs").names()}

    def kubelet_arguments(self) -> Mapping[str, str]:
        """kubeletExtraArgs of the node registration."""
        found: dict[str, str] = {}
        for document in (self.init, self.join):
            part = document.part("nodeRegistration")
            found |= {e.text("name"): e.text("value") for e in part.parts("kubeletExtraArgs") if e.has("name")}
        return found


def kubeadm(text: str, urn: str) -> Kubeadm:
    """The stream's kubeadm and component documents."""
    found = documents(text, urn, *KINDS)

    def of(kind: str) -> Properties:
        # kubeadm's patches are documents of the same kind, applied on top.
        values: dict[str, Value] = {}
        for document in found:
            if document.path == kind:
                values |= document.values
        return Properties(values=values, urn=urn, path=kind)

    return Kubeadm(
        versions=tuple(d.text("apiVersion") for d in found if "kubeadm.k8s.io" in d.text("apiVersion")),
        init=of("InitConfiguration"),
        join=of("JoinConfiguration"),
        cluster=of("ClusterConfiguration"),
        kubelet=of("KubeletConfiguration"),
        proxy=of("KubeProxyConfiguration"),
    )
