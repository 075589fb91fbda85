"""Builds the plan from settings."""

from collections.abc import Sequence
from dataclasses import dataclass

from plan.addons.spaces import namespaces
from plan.certificates.authorities import AUTHORITIES, Authority
from plan.certificates.certificate import Certificate
from plan.certificates.inventory import certificates
from plan.members import Member, members
from plan.network.endpoint import Endpoint
from plan.network.pod_ranges import pod_ranges
from plan.network.port_matrix import ports
from plan.network.ports import Port
from plan.network.service_addresses import dns_ips, service_ips
from plan.nodes import Address, Node
from plan.settings import HostNode, ManagedNamespace, Settings


@dataclass(frozen=True, kw_only=True)
class Plan:
    """Everything about the cluster that is known before the first call to a cloud or a host."""

    settings: Settings
    nodes: tuple[Node, ...]
    workers: tuple[Node, ...]
    members: tuple[Member, ...]
    endpoint: Endpoint
    authorities: tuple[Authority, ...]
    certificates: tuple[Certificate, ...]
    ports: tuple[Port, ...]
    service_ips: tuple[Address, ...]  # the API's own service address, one per family
    dns_ips: tuple[Address, ...]  # the cluster DNS service's address, one per family
    namespaces: tuple[ManagedNamespace, ...]  # created and protected by the add-ons
    shared: bool = False  # its stack has resources of other owners, other clusters perhaps

    def node(self, name: str) -> Node:
        """The control-plane node of that name; KeyError if there is none."""
        return {node.name: node for node in self.nodes}[name]

    @property
    def service_account_issuers(self) -> tuple[str, ...]:
        """Issuers of service-account tokens: the first signs, all are accepted."""
        return self.settings.control_plane.service_account_issuers or (self.endpoint.server,)

    @property
    def kubernetes_nodes(self) -> tuple[Node, ...]:
        """Every node that runs pods: control plane, then workers."""
        return (*self.nodes, *self.workers)

    def certificates_of(self, node: str) -> tuple[Certificate, ...]:
        """The leaves that one node gets."""
        return tuple(c for c in self.certificates if c.node == node)


def make(settings: Settings, *, shared: bool = False) -> Plan:
    """The plan of settings that `plan.loading.configuration.read` accepted. Equal settings give equal plans."""
    nodes = _nodes(settings, settings.nodes)
    virtual_ip = settings.endpoint.virtual_ip
    endpoint = Endpoint(
        name=settings.endpoint.name,
        port=settings.endpoint.port,
        address=virtual_ip.address if virtual_ip else None,
        other_names=settings.endpoint.other_names,
    )
    api_addresses = service_ips(settings.network.services)
    return Plan(
        settings=settings,
        nodes=nodes,
        workers=_nodes(settings, settings.workers),
        members=members(nodes),
        endpoint=endpoint,
        authorities=AUTHORITIES,
        certificates=certificates(settings, nodes=nodes, endpoint=endpoint, service_ips=api_addresses),
        ports=ports(settings),
        service_ips=api_addresses,
        dns_ips=dns_ips(settings.network.services),
        namespaces=namespaces(settings),
        shared=shared,
    )


def _nodes(settings: Settings, hosts: Sequence[HostNode]) -> tuple[Node, ...]:
    return tuple(
        Node(
            name=host.name,
            address=host.address,
            failure_domain=host.failure_domain,
            index=index,
            pod_ranges=pod_ranges(host, hosts=settings.network.hosts, pods=settings.network.pods),
        )
        for index, host in enumerate(hosts)
    )
