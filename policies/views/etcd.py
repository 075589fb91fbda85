"""etcd clusters: the component's member list, or what the hosts of another program run."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from policies.addresses import host_of
from policies.parsers.etcd_command import members as listed_members
from policies.resources import Resource
from policies.stack import Stack, view
from policies.views.hosts import Host
from policies.views.machines import hosts
from policies.violation import Violation

TYPE = "quorate:etcd:EtcdCluster"


@dataclass(frozen=True, kw_only=True)
class Member:
    """One voting member; '' for values that are not set. `zone` is its failure domain."""

    name: str
    peer_url: str
    client_url: str
    zone: str

    @property
    def address(self) -> str:
        """Host part of the peer URL, or of the client URL."""
        return host_of(self.peer_url) or host_of(self.client_url)


@dataclass(frozen=True, kw_only=True, eq=False)
class EtcdCluster:
    """A member list and its source: the component, or the first of the hosts."""

    resource: Resource
    members: tuple[Member, ...]
    version: str
    hosts: tuple[Host, ...]
    because: str = ""

    def violation(self, what: str) -> Violation:
        """A violation of the cluster."""
        return Violation(what=what, urn=self.resource.urn, because=self.because)


@view
def etcd_clusters(stack: Stack) -> tuple[EtcdCluster, ...]:
    """Components first; without one, the machines that run etcd are one cluster.

    A stack that holds several clusters is judged in pieces of one cluster each (pieces.py).
    """
    running = running_members(stack)
    declared = stack.of(TYPE)
    if declared:
        return tuple(_declared(resource, running if len(declared) == 1 else ()) for resource in declared)
    return (_observed(running),) if running else ()


@view
def running_members(stack: Stack) -> tuple[Host, ...]:
    """Machines that run a member: etcd by itself, or kubeadm's beside the API server."""
    own = tuple(host for host in hosts(stack) if host.role == "etcd" or (host.is_plane and host.etcd))
    if own:
        return own
    planes = [host for host in hosts(stack) if host.is_plane]
    first = [host for host in planes if host.kubeadm.cluster.names()]
    # A node that joins has no ClusterConfiguration: it does what the first one does.
    stacked = any(host.stacked for host in first) if first else any(host.kubeadm.joins_plane for host in planes)
    return tuple(planes) if stacked else ()


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
    version = resource.properties.text("version")
    return EtcdCluster(resource=resource, members=members, version=version, hosts=tuple(running))


def _observed(running: Sequence[Host]) -> EtcdCluster:
    return EtcdCluster(
        resource=running[0].resource,
        members=tuple(member for host in running for member in _members(host)),
        version=next((host.etcd["version"] for host in running if "version" in host.etcd), ""),
        hosts=tuple(running),
        because=running[0].because,
    )


def _members(host: Host) -> Iterator[Member]:
    options = host.etcd
    name = host.name if is_runtime(options.get("name", "")) else options["name"]
    own = dict(listed_members(options.get("initial-cluster", ""))).get(name, "")
    peer = options.get("initial-advertise-peer-urls", own).split(",")[0]
    client = options.get("advertise-client-urls", "").split(",")[0]
    if not options and host.address:  # kubeadm runs a member on this machine
        peer, client = f"https://{host.address}:2380", f"https://{host.address}:2379"
    for number in range(host.count):
        yield Member(
            name=f"{name}-{number}" if host.count > 1 else name,
            peer_url="" if is_runtime(peer) else peer,
            client_url="" if is_runtime(client) else client,
            zone=host.zone,
        )


def is_runtime(text: str) -> bool:
    """Whether a value is only known on the machine: empty, a variable, a command, or a systemd specifier."""
    return not text or "$" in text or "%" in text or "`" in text or "{{" in text or "template" in text
