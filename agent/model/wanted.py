"""The planned state of the machine: the directory that the provider sent."""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from agent.model.json_reading import Json, Malformed, parse
from agent.model.programs import Artifact, Package, artifact, package


@dataclass(frozen=True, kw_only=True)
class WantedFile:
    """One file. `sha256` is of its content; `source` holds the content until it is installed."""

    path: str
    mode: int
    step: str
    sha256: str
    secret: bool
    source: Path

    def content(self) -> bytes:
        """Raises Malformed if the content does not match its digest."""
        content = self.source.read_bytes()
        if hashlib.sha256(content).hexdigest() != self.sha256:
            raise Malformed(f"{self.path} arrived incomplete: its content does not match files.json; send it again")
        return content


@dataclass(frozen=True, kw_only=True)
class Member:
    """A planned etcd member."""

    name: str
    peer_url: str
    client_url: str


@dataclass(frozen=True, kw_only=True)
class VirtualIp:
    """The address that moves between the nodes."""

    address: str
    interface: str


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """The content of node.json, with Python names."""

    cluster: str
    name: str
    address: str
    role: Literal["control-plane", "worker", "balancer"]
    members: tuple[Member, ...]
    hosts: tuple[tuple[str, tuple[str, ...]], ...]
    endpoint_port: int
    balancer: Literal["haproxy", "nginx"] | None
    virtual_ip: VirtualIp | None
    kubernetes_version: str
    etcd_version: str
    skip_phases: tuple[str, ...]  # options of kubeadm init, in addition to its document
    store: str | None  # None: programs come from packages
    artifacts: tuple[Artifact, ...]
    packages: tuple[Package, ...] = ()  # packages of the distribution or of Kubernetes' repositories
    endpoint: str = ""  # URL of the API
    proxy: tuple[tuple[str, str], ...] = ()  # environment of downloads, such as HTTP_PROXY; empty without a proxy
    shutdown_delay: int = 3  # seconds that a stopping API server continues to serve

    @property
    def member(self) -> Member | None:
        """This node's own membership; None on a dedicated balancer."""
        return {member.name: member for member in self.members}.get(self.name)

    def program(self, name: str) -> str:
        """Identity of the planned build of a program: its digest, or the version of its package."""
        digests = {artifact.path: artifact.sha256 for artifact in self.artifacts}
        return digests.get(f"bin/{name}", self.etcd_version if name == "etcd" else self.kubernetes_version)


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Everything in the directory. `may_begin`: the machine has never been a member of the cluster."""

    directory: Path
    manifest: Manifest
    files: tuple[WantedFile, ...]
    may_begin: bool

    def of(self, step: str) -> tuple[WantedFile, ...]:
        """The files that one step owns."""
        return tuple(file for file in self.files if file.step == step)


def _role(value: Json) -> Literal["control-plane", "worker", "balancer"]:
    match value.text():
        case "control-plane":
            return "control-plane"
        case "worker":
            return "worker"
        case "balancer":
            return "balancer"
        case other:
            raise Malformed(f"{value.at} must be control-plane, worker or balancer, but is {other}")


def _balancer(value: Json) -> Literal["haproxy", "nginx"] | None:
    match value.value:
        case None:
            return None
        case "haproxy":
            return "haproxy"
        case "nginx":
            return "nginx"
        case other:
            raise Malformed(f"{value.at} must be haproxy, nginx or null, but is {other}")


def _manifest(document: Json) -> Manifest:
    node, artifacts, address = document["node"], document["artifacts"], document["virtualIp"]
    store = artifacts["source"].text("packages") == "store"
    return Manifest(
        cluster=document["cluster"].text(),
        name=node["name"].text(),
        address=node["address"].text(),
        role=_role(document["role"]),
        members=tuple(
            Member(name=m["name"].text(), peer_url=m["peerUrl"].text(), client_url=m["clientUrl"].text())
            for m in document["members"].items()
        ),
        hosts=tuple(
            (h["address"].text(), tuple(n.text() for n in h["names"].items())) for h in document["hosts"].items()
        ),
        endpoint_port=document["endpoint"]["port"].number(),
        balancer=_balancer(document["balancer"]),
        virtual_ip=VirtualIp(address=address["address"].text(), interface=address["interface"].text())
        if address.present
        else None,
        kubernetes_version=document["kubernetesVersion"].text(),
        etcd_version=document["etcdVersion"].text(),
        skip_phases=tuple(phase.text() for phase in document["skipPhases"].items()),
        store=artifacts["store"].text() if store else None,
        artifacts=tuple(artifact(a) for a in artifacts["digests"].items()) if store else (),
        packages=tuple(package(p) for p in artifacts["packages"].items()),
        proxy=tuple(sorted(document["proxy"].texts().items())),
        shutdown_delay=document["shutdownDelaySeconds"].number(3),
        endpoint=f"https://{document['endpoint']['name'].text()}:{document['endpoint']['port'].number()}",
    )


def read(directory: Path) -> Wanted:
    """Raises Malformed, with the file and the value, if the directory is not as specified."""
    try:
        manifest = parse((directory / "node.json").read_bytes(), at="node.json")
        listing = parse((directory / "files.json").read_bytes(), at="files.json")
        run = directory / "run.json"
        bootstrap = parse(run.read_bytes(), at="run.json")["bootstrap"].flag() if run.exists() else False
    except OSError as error:
        raise Malformed(f"the wanted files cannot be read: {error}") from error
    files = tuple(
        WantedFile(
            path=f["path"].text(),
            mode=f["mode"].number(),
            step=f["step"].text(),
            sha256=f["sha256"].text(),
            secret=f["secret"].flag(),
            source=directory / f["content"].text(),
        )
        for f in listing.items()
    )
    return Wanted(directory=directory, manifest=_manifest(manifest), files=files, may_begin=bootstrap)


def ticket_in(directory: Path) -> str:
    """The token that was sent with the files, for a worker that has yet to join; never stored. Empty without one."""
    try:
        return (directory / "ticket").read_text()
    except FileNotFoundError:
        return ""
