"""etcd clusters: the component's member list, or what the hosts of a foreign program run."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from policies.parsers.etcd_command import members as listed_members
from policies.resources import Resource
from policies.stack import Stack, view
from policies.views.hosts import Host
from policies.views.machines import hosts
from policies.violation import Violation

TYPE = "quorate:etcd:EtcdCluster"


@dataclass(frozen=True, kw_only=True)
class Member:
    """One voting member; '' where nothing is said. `zone` is its failure domain."""

    name: str
    peer_url: str
    client_url: str
    zone: str

    @property
    def address(self) -> str:
        """Host part of the peer URL, or of the client URL."""
        return urlsplit(self.peer_url).hostname or urlsplit(self.client_url).hostname or ""


@dataclass(frozen=True, kw_only=True, eq=False)
class EtcdCluster:
    """A member list with what it was made of: the component, or the first of the hosts."""

    resource: Resource
    members: tuple[Member, ...]
    version: str
    hosts: tuple[Host, ...]

    def violation(self, what: str) -> Violation:
        """A violation of the cluster."""
        return self.resource.violation(what)


@view
def etcd_clusters(stack: Stack) -> tuple[EtcdCluster, ...]:
    """Components first; without one, the hosts that run etcd are one cluster."""
    running = tuple(host for host in hosts(stack) if _runs(host))
    declared = stack.of(TYPE)
    if declared:
        return tuple(_declared(resource, running if len(declared) == 1 else ()) for resource in declared)
    return (_observed(running),) if running else ()


def _runs(host: Host) -> bool:
    return host.role == "etcd" or (host.role != "balancer" and bool(host.etcd))


def _declared(resource: Resource, running: Sequence[Host]) -> EtcdCluster:
    members = tuple(
        Member(
            name=entry.text("name"),
            peer_url=entry.text("peerUrl"),
            client_url=entry.text("clientUrl"),
            zone=entry.text("failureDomain"),
        )
        for entry in resource.properties.parts("members")
    )
    return EtcdCluster(
        resource=resource, members=members, version=resource.properties.text("version"), hosts=tuple(running)
    )


def _observed(running: Sequence[Host]) -> EtcdCluster:
    return EtcdCluster(
        resource=running[0].resource,
        members=tuple(_member(host) for host in running),
        version=next((host.etcd["version"] for host in running if "version" in host.etcd), ""),
        hosts=tuple(running),
    )


def _member(host: Host) -> Member:
    name = host.etcd.get("name", host.name)
    own = dict(listed_members(host.etcd.get("initial-cluster", ""))).get(name, "")
    return Member(
        name=name,
        peer_url=host.etcd.get("initial-advertise-peer-urls", own).split(",")[0],
        client_url=host.etcd.get("advertise-client-urls", "").split(",")[0],
        zone=host.zone,
    )
