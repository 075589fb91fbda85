"""Machines and the files they get, whether by SSH, by user data or by first-boot scripts."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from policies.parsers.commands import command_options
from policies.parsers.etcd_command import etcd_options
from policies.parsers.haproxy import Haproxy, haproxy
from policies.parsers.keepalived import Keepalived, keepalived
from policies.parsers.kubeadm import Kubeadm, kubeadm
from policies.parsers.nginx import Upstream, upstreams
from policies.parsers.yaml_documents import Unreadable, documents
from policies.properties import Properties, Undecidable
from policies.resources import Resource
from policies.violation import Violation

NODE = "quorate:hosts:Node"
INSTANCE = "aws:ec2/instance:Instance"
TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate"
FIRST_BOOT = "userData"
COMPONENTS = {
    "kube-apiserver": "apiServer",
    "kube-controller-manager": "controllerManager",
    "kube-scheduler": "scheduler",
}
# Certificates and keys are judged as resources; their texts are not known before they are issued.
_MATERIAL = (".crt", ".key", ".pub", ".pem", ".p12")


@dataclass(frozen=True, kw_only=True)
class File:
    """A file of a host. `content` is None while nobody knows it; secrets are never quoted."""

    path: str
    content: str | None
    secret: bool


@dataclass(frozen=True, kw_only=True, eq=False)
class Host:
    """A machine. `address` and `zone` are '' where nothing is said; `commands` is what runs at first boot."""

    resource: Resource
    name: str
    role: str  # control-plane, etcd, balancer, worker, other
    files: Mapping[str, File]
    manifest: str = ""  # JSON that this project's agent reads
    commands: str = ""
    interfaces: tuple[Resource, ...] = ()
    subnets: tuple[Resource, ...] = ()
    sealed: bool = False  # gets files in a secret whose content is not known

    def violation(self, what: str) -> Violation:
        """A violation of this host."""
        return self.resource.violation(f"{self.name}: {what}")

    @cached_property
    def address(self) -> str:
        """Private address. Raises Undecidable when only the cloud will know it."""
        for interface in self.interfaces:
            if interface.properties.known("privateIps") and (fixed := interface.properties.texts("privateIps")):
                return fixed[0]
        properties = self.resource.properties
        return properties.part("connection").text("address") or properties.text("privateIp")

    @cached_property
    def zone(self) -> str:
        """Failure domain, where the machine's subnet or the machine itself says it."""
        placed = next((zone for s in self.subnets if (zone := s.properties.text("availabilityZone"))), "")
        if placed or self.resource.computed("availabilityZone"):
            return placed
        return self.resource.properties.text("availabilityZone")

    @cached_property
    def texts(self) -> Mapping[str, str]:
        """Every document that is no secret, by path; the first-boot text under its property's name.

        Raises Undecidable when a document's content is not known.
        """
        found = {FIRST_BOOT: self.commands} if self.commands else {}
        for file in self.files.values():
            if file.secret or file.path.endswith(_MATERIAL):
                continue
            if file.content is not None:
                found[file.path] = file.content
            elif self.role != "other":  # a machine that nothing marks as one of a control plane may keep its privacy
                raise Undecidable(f"files.{file.path}", self.resource.urn)
        return found

    def find(self, wanted: Callable[[str], bool]) -> Iterator[tuple[str, str]]:
        """Path and text of documents whose text is wanted."""
        return ((path, text) for path, text in self.texts.items() if wanted(text))

    @property
    def is_plane(self) -> bool:
        """Whether API servers run here."""
        return self.role == "control-plane"

    @cached_property
    def kubeadm(self) -> Kubeadm:
        """kubeadm's configuration; its documents are empty where the host gets none."""
        marks = ("kubeadm.k8s.io", "kind: KubeletConfiguration", "kind: KubeProxyConfiguration")
        texts = [text for path, text in self.find(lambda t: any(m in t for m in marks)) if path != FIRST_BOOT]
        try:
            return kubeadm("\n---\n".join(texts), self.resource.urn)
        except Unreadable as error:
            raise Undecidable(f"kubeadm's configuration of {self.name}", self.resource.urn, str(error)) from None

    @cached_property
    def etcd(self) -> Mapping[str, str]:
        """Options of the etcd that runs here, without dashes; empty when none runs."""
        return etcd_options(self.texts)

    def flags(self, component: str) -> Mapping[str, str]:
        """Options of kube-apiserver, kube-scheduler and so on: those of kubeadm and those of a command line."""
        told = self.kubeadm.arguments(COMPONENTS[component]) if component in COMPONENTS else {}
        return {**command_options(self.texts, component), **told}

    @cached_property
    def haproxy(self) -> Haproxy:
        """HAProxy's configuration, without sections where there is none."""
        return haproxy("\n".join(t for path, t in self.texts.items() if path.endswith(("haproxy.cfg", "haproxy.conf"))))

    @cached_property
    def upstreams(self) -> tuple[Upstream, ...]:
        """Groups of servers behind nginx's stream proxy."""
        found = self.find(lambda text: "upstream" in text and "stream" in text and "proxy_pass" in text)
        return tuple(upstream for _, text in found for upstream in upstreams(text))

    @cached_property
    def keepalived(self) -> Keepalived:
        """Keepalived's configuration, without instances where there is none."""
        return keepalived("\n".join(text for _, text in self.find(lambda text: "vrrp_instance" in text)))

    def kubernetes_documents(self, *kinds: str) -> tuple[Properties, ...]:
        """Documents of these kinds in files that are no secrets."""
        found: list[Properties] = []
        for _, text in self.find(lambda text: any(kind in text for kind in kinds)):
            found += documents(text, self.resource.urn, *kinds)
        return tuple(found)
