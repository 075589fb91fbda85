"""Machines and the files they get, whether by SSH, by user data or by first-boot scripts."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from policies.parsers.commands import arguments, command_options
from policies.parsers.etcd_command import etcd_options
from policies.parsers.haproxy import Haproxy, haproxy
from policies.parsers.keepalived import Keepalived, keepalived
from policies.parsers.kubeadm import Kubeadm, kubeadm, mentions
from policies.parsers.nginx import Upstream, upstreams
from policies.parsers.rancher import derived
from policies.parsers.recognition import is_document, is_haproxy, is_stream
from policies.parsers.yaml_documents import documents
from policies.parsers.yaml_values import Unreadable
from policies.properties import Properties, Undecidable
from policies.resources import Resource
from policies.violation import Violation

NODE = "quorate:hosts:Node"
INSTANCE = "aws:ec2/instance:Instance"
SPOT = "aws:ec2/spotInstanceRequest:SpotInstanceRequest"
TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate"
CONFIGURATION = "aws:ec2/launchConfiguration:LaunchConfiguration"
FIRST_BOOT = "userData"
API_PORT = 6443  # kube-apiserver's default secure port
COMPONENTS = {
    "kube-apiserver": "apiServer",
    "kube-controller-manager": "controllerManager",
    "kube-scheduler": "scheduler",
}
# Certificates and keys are judged as resources; their texts are not known before they are issued.
_MATERIAL = (".crt", ".key", ".pub", ".pem", ".p12")


@dataclass(frozen=True, kw_only=True)
class File:
    """A file on a host. `content`: None if it is not known or, with a `problem`, cannot be read."""

    path: str
    content: str | None
    secret: bool
    problem: str = ""


@dataclass(frozen=True, kw_only=True, eq=False)
class Host:
    """A machine, or a template of `count` machines. `name` is never ''. `because`: why it is judged, `spared`: why not.

    `role` is control-plane, etcd, balancer, worker or other; `commands` is what runs at first boot, without the files
    that it writes; `parts` are the resources that set the machine up.
    """

    resource: Resource
    name: str
    files: Mapping[str, File]
    role: str = "other"
    because: str = ""
    spared: str = ""
    manifest: str = ""  # JSON that this project's agent reads
    commands: str = ""
    interfaces: tuple[Resource, ...] = ()
    subnets: tuple[Resource, ...] = ()
    parts: tuple[Resource, ...] = ()
    owners: tuple[Resource, ...] = ()  # auto-scaling groups that start it
    count: int = 1
    place: str = ""  # address by which a command reaches the machine
    sealed: bool = False  # gets files in a secret whose content is not known

    def violation(self, what: str, at: str = "") -> Violation:
        """A violation of this host. `at`: a text of the document that is wrong, to find its line."""
        found = self.located(at) if at else ""
        return Violation(what=what, urn=self.resource.urn, subject=self.name, document=found, because=self.because)

    def located(self, text: str) -> str:
        """Document and line of a text's first occurrence."""
        for path, content in self.readable.items():
            if (position := content.find(text)) >= 0:
                return f"{path} line {content.count(chr(10), 0, position) + 1}"
        return ""

    @cached_property
    def address(self) -> str:
        """Private address, '' if only the cloud chooses it. Raises Undecidable if another output decides it."""
        for interface in self.interfaces:
            if interface.properties.known("privateIps") and (fixed := interface.properties.texts("privateIps")):
                return fixed[0]
        properties = self.resource.properties
        if self.place or self.resource.computed("privateIp"):
            return self.place
        return properties.part("connection").text("address") or properties.text("privateIp")

    @cached_property
    def zone(self) -> str:
        """Failure domain, from the machine's subnet or the machine itself."""
        placed = next((zone for s in self.subnets if (zone := s.properties.text("availabilityZone"))), "")
        if placed or self.resource.computed("availabilityZone"):
            return placed
        return self.resource.properties.text("availabilityZone")

    @cached_property
    def readable(self) -> Mapping[str, str]:
        """Every known document that is not a secret, by path; the first-boot commands under their property's name."""
        found = {
            f.path: f.content
            for f in self.files.values()
            if f.content is not None and not f.secret and not f.path.endswith(_MATERIAL)
        }
        found = {FIRST_BOOT: self.commands, **found} if self.commands else found
        return {**found, **derived(found)}

    @cached_property
    def hidden(self) -> tuple[File, ...]:
        """Documents whose content is not known or not readable."""
        return tuple(
            f for f in self.files.values() if f.content is None and not f.secret and not f.path.endswith(_MATERIAL)
        )

    @cached_property
    def texts(self) -> Mapping[str, str]:
        """The readable documents. Raises Undecidable if one of a machine in scope cannot be read now."""
        if self.role != "other" and self.hidden:
            file = self.hidden[0]
            path = file.path if file.path.startswith(FIRST_BOOT) else f"files.{file.path}"
            raise Undecidable(path, self.resource.urn, *([file.problem] if file.problem else []))
        return self.readable

    def find(self, wanted: Callable[[str], bool]) -> Iterator[tuple[str, str]]:
        """Path and text of the documents with wanted content, on machines in scope only."""
        return ((path, text) for path, text in self.texts.items() if self.role != "other" and wanted(text))

    @property
    def is_plane(self) -> bool:
        """Whether API servers run here."""
        return self.role == "control-plane"

    @cached_property
    def kubeadm(self) -> Kubeadm:
        """kubeadm's configuration; its documents are empty if the host gets none."""
        texts = [t for p, t in self.find(mentions) if p != FIRST_BOOT and is_document(t)]
        try:
            return kubeadm(texts, self.resource.urn)
        except Unreadable as error:
            raise Undecidable(f"kubeadm's configuration of {self.name}", self.resource.urn, str(error)) from None

    @property
    def stacked(self) -> bool:
        """Whether kubeadm runs etcd beside the API server: its default."""
        cluster = self.kubeadm.cluster
        return self.is_plane and bool(cluster.names()) and not cluster.part("etcd").has("external")

    @cached_property
    def etcd(self) -> Mapping[str, str]:
        """Options of the etcd that runs here, without dashes; empty if none runs, or only kubeadm's."""
        return etcd_options(self.texts) if self.role in ("control-plane", "etcd") else {}

    def flags(self, component: str) -> Mapping[str, str]:
        """Options of kube-apiserver, kube-scheduler and so on: those of kubeadm and those of a command line."""
        if component not in self._flags:
            listed = self.kubeadm.arguments(COMPONENTS[component]) if component in COMPONENTS else {}
            self._flags[component] = {**self._started(component), **listed}
        return self._flags[component]

    @cached_property
    def _flags(self) -> dict[str, Mapping[str, str]]:
        """Options by component, parsed once."""
        return {}

    def _started(self, component: str) -> Mapping[str, str]:
        return command_options(self.texts, component) if self.role != "other" else {}

    @cached_property
    def kubelet_flags(self) -> Mapping[str, str]:
        """Options of the kubelet from every source."""
        variables = arguments(self.texts, "KUBELET_") if self.role != "other" else {}
        return {**variables, **self._started("kubelet"), **self.kubeadm.kubelet_arguments()}

    @cached_property
    def api_port(self) -> int:
        """Port of the API server that runs here."""
        bound = self.kubeadm.init.part("localAPIEndpoint").number("bindPort")
        joined = self.kubeadm.join.part("controlPlane").part("localAPIEndpoint").number("bindPort")
        port = bound or joined or self.flags("kube-apiserver").get("secure-port", "")
        return int(port) if str(port).isdecimal() else API_PORT

    @cached_property
    def haproxy(self) -> Haproxy:
        """HAProxy's configuration; it has no sections if no file configures HAProxy."""
        return haproxy("\n".join(text for _, text in self.find(is_haproxy)))

    @cached_property
    def upstreams(self) -> tuple[Upstream, ...]:
        """Groups of servers behind nginx's stream proxy."""
        found = self.find(is_stream)
        return tuple(upstream for _, text in found for upstream in upstreams(text))

    @cached_property
    def keepalived(self) -> Keepalived:
        """Keepalived's configuration; it has no instances if no file configures Keepalived."""
        try:
            return keepalived("\n".join(text for _, text in self.find(lambda text: "vrrp_instance" in text)))
        except Unreadable as error:
            raise Undecidable(f"Keepalived's configuration of {self.name}", self.resource.urn, str(error)) from None

    def kubernetes_documents(self, *kinds: str) -> tuple[Properties, ...]:
        """Documents of these kinds in files that are not secrets. Raises Undecidable for one that cannot be read."""
        found: list[Properties] = []
        for path, text in self.find(lambda text: any(kind in text for kind in kinds)):
            try:
                found += documents(text, self.resource.urn, *kinds) if path != FIRST_BOOT else ()
            except Unreadable as error:
                raise Undecidable(f"files.{path}", self.resource.urn, str(error)) from None
        return tuple(found)
