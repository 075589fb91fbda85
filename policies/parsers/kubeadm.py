"""kubeadm's configuration files (kubeadm.k8s.io) and the component configurations that travel in them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from policies.parsers.yaml_documents import documents
from policies.properties import Properties, Value

GROUP = "kubeadm.k8s.io"
KINDS = (
    "InitConfiguration",
    "JoinConfiguration",
    "ClusterConfiguration",
    "KubeletConfiguration",
    "KubeProxyConfiguration",
)


@dataclass(frozen=True, kw_only=True, eq=False)
class Kubeadm:
    """The documents of one machine. Missing documents are empty."""

    versions: tuple[str, ...]  # apiVersion of each kubeadm document
    init: Properties
    join: Properties
    cluster: Properties
    kubelet: Properties
    proxy: Properties

    @property
    def joins_plane(self) -> bool:
        """Whether the JoinConfiguration makes a control-plane node."""
        return "controlPlane" in self.join.names() and self.join.raw("controlPlane") is not False

    def arguments(self, component: str) -> Mapping[str, str]:
        """extraArgs of apiServer, controllerManager or scheduler: a list since v1beta4, a mapping before."""
        return _arguments(self.cluster.part(component), "extraArgs")

    def kubelet_arguments(self) -> Mapping[str, str]:
        """kubeletExtraArgs of the node registration."""
        found: dict[str, str] = {}
        for document in (self.init, self.join):
            found |= _arguments(document.part("nodeRegistration"), "kubeletExtraArgs")
        return found


def _arguments(part: Properties, name: str) -> Mapping[str, str]:
    listed = {entry.text("name"): entry.text("value") for entry in part.parts(name) if entry.has("name")}
    return listed or {key: part.part(name).text(key) for key in part.part(name).names()}


def mentions(text: str) -> bool:
    """Whether a text may hold such a document; parsing decides."""
    return "kind" in text and any(kind in text for kind in KINDS)


def kubeadm(texts: Iterable[str], urn: str) -> Kubeadm:
    """The kubeadm and component documents of these texts. Raises `Unreadable`."""
    found = [document for text in texts for document in documents(text, urn, *KINDS)]

    def of(kind: str) -> Properties:
        listed = [document for document in found if document.path == kind]
        if len(listed) == 1:
            return listed[0]
        # kubeadm's patches are documents of the same kind, applied on top.
        values: dict[str, Value] = {}
        for document in listed:
            values |= document.values
        return Properties(values=values, urn=urn, path=kind)

    return Kubeadm(
        versions=tuple(d.text("apiVersion") for d in found if GROUP in d.text("apiVersion")),
        init=of("InitConfiguration"),
        join=of("JoinConfiguration"),
        cluster=of("ClusterConfiguration"),
        kubelet=of("KubeletConfiguration"),
        proxy=of("KubeProxyConfiguration"),
    )
