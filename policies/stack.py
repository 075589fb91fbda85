"""All resources of a stack, and the typed views that rules ask for."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import TypeVar

from policies.resources import Resource
from policies.views import (
    buckets,
    bundles,
    certificates,
    cluster_objects,
    control_planes,
    etcd,
    firewall,
    holders,
    load_balancers,
    machines,
    records,
    volumes,
    workloads,
)
from policies.views.buckets import Bucket
from policies.views.bundles import Bundle
from policies.views.certificates import Authority, Certificate
from policies.views.cluster_objects import ClusterObject
from policies.views.control_planes import ControlPlane
from policies.views.etcd import EtcdCluster
from policies.views.firewall import Opening
from policies.views.holders import Holder
from policies.views.hosts import Host
from policies.views.load_balancers import LoadBalancer
from policies.views.records import Record
from policies.views.volumes import Volume
from policies.views.workloads import Workload

View = TypeVar("View")


class Stack:
    """Resources in the order of their URNs: the engine's own order differs from run to run.

    In a RESOURCE rule it holds one resource only.
    Views are made once, when a rule first asks. They raise `Undecidable` where they need a value that is not known.
    """

    def __init__(self, resources: tuple[Resource, ...], *, tags: Mapping[str, str] | None = None) -> None:
        self.resources = sorted(resources, key=lambda resource: resource.urn)
        self.tags = tags or {}
        self._views: dict[Callable[[Stack], object], object] = {}

    @cached_property
    def _by_type(self) -> Mapping[str, list[Resource]]:
        found: dict[str, list[Resource]] = defaultdict(list)
        for resource in self.resources:
            found[resource.type].append(resource)
        return found

    @cached_property
    def _by_urn(self) -> Mapping[str, Resource]:
        return {resource.urn: resource for resource in self.resources}

    def of(self, *types: str) -> list[Resource]:
        """Every resource of these types."""
        return [resource for type_ in types for resource in self._by_type.get(type_, ())]

    def at(self, urn: str) -> Resource | None:
        """The resource with this URN."""
        return self._by_urn.get(urn)

    def sources(self, resource: Resource, name: str, *types: str) -> list[Resource]:
        """The resources of these types (of any, if none is given) that a property is made of."""
        found = (self._by_urn[urn] for urn in sorted(resource.sources(name)) if urn in self._by_urn)
        return [source for source in found if not types or source.type in types]

    @cached_property
    def environment(self) -> str:
        """What the control plane says it is, or the name of the stack."""
        said = [plane.environment for plane in self.control_planes() if plane.environment]
        return said[0] if said else next((resource.stack for resource in self.resources), "")

    def _view(self, make: "Callable[[Stack], tuple[View, ...]]") -> tuple[View, ...]:
        if make not in self._views:
            self._views[make] = make(self)
        return self._views[make]  # type: ignore[return-value]  # stored under its own maker

    def control_planes(self) -> tuple[ControlPlane, ...]:
        """Clusters that say what they are (this project's own component)."""
        return self._view(control_planes.control_planes)

    def hosts(self) -> tuple[Host, ...]:
        """Machines and the files they get, however they are reached."""
        return self._view(machines.hosts)

    def bundles(self) -> tuple[Bundle, ...]:
        """Files that travel together inside an object or a secret."""
        return self._view(bundles.bundles)

    def holders(self) -> tuple[Holder, ...]:
        """Places where private keys end up."""
        return self._view(holders.holders)

    def etcd_clusters(self) -> tuple[EtcdCluster, ...]:
        """Member lists: the component's, or what the hosts run."""
        return self._view(etcd.etcd_clusters)

    def certificates(self) -> tuple[Certificate, ...]:
        """Leaves with their request, key and issuer."""
        return self._view(certificates.certificates)

    def authorities(self) -> tuple[Authority, ...]:
        """Self-signed certificates that may sign."""
        return self._view(certificates.authorities)

    def load_balancers(self) -> tuple[LoadBalancer, ...]:
        """AWS load balancers with listeners, target groups and targets."""
        return self._view(load_balancers.load_balancers)

    def openings(self) -> tuple[Opening, ...]:
        """Every ingress rule of every security group."""
        return self._view(firewall.openings)

    def volumes(self) -> tuple[Volume, ...]:
        """Block devices of machines."""
        return self._view(volumes.volumes)

    def buckets(self) -> tuple[Bucket, ...]:
        """Object stores with the resources that configure them."""
        return self._view(buckets.buckets)

    def records(self) -> tuple[Record, ...]:
        """DNS records."""
        return self._view(records.records)

    def cluster_objects(self) -> tuple[ClusterObject, ...]:
        """Objects of Kubernetes."""
        return self._view(cluster_objects.cluster_objects)

    def workloads(self) -> tuple[Workload, ...]:
        """Objects of Kubernetes that run pods."""
        return self._view(workloads.workloads)
