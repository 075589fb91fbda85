"""Names inside the cluster, and names of its services outside."""

from typing import Literal

from plan.settings.model import Model
from plan.settings.names import DnsName
from plan.settings.values import Address


class StubDomain(Model):
    """A domain that is resolved by other servers."""

    domain: DnsName
    """Such as consul.internal; everything below it."""

    servers: tuple[Address, ...]
    """Queried in turn."""


class Autoscaler(Model):
    """cluster-proportional-autoscaler: follows the number of nodes and processors without an update of the stack."""

    image: str | None = None
    """null: no autoscaler; the plan computes the number of replicas from the nodes in the settings."""


class CoreDns(Model):
    """Cluster DNS. Replicas: the greater of cores / coresPerReplica and nodes / nodesPerReplica, rounded up."""

    enabled: bool = True

    image: str | None = None
    """null: from the control plane's repository, in the version that Quorate is tested with."""

    at_least: int | None = None
    """Replicas, however small the cluster is; null: one for each control-plane node, at most three."""

    cores: int | None = None
    """Processors of the whole cluster; null: those of the machines' size on AWS, elsewhere only nodes count."""

    cores_per_replica: int = 256

    nodes_per_replica: int = 16

    autoscaler: Autoscaler = Autoscaler()

    upstream: tuple[Address, ...] = ()
    """Servers for all other names, outside the cluster; empty: those of the node that a replica runs on."""

    stub_domains: tuple[StubDomain, ...] = ()
    """Domains that other servers resolve."""


class ExternalDns(Model):
    """Records outside the cluster for its Services and Ingresses. They do not include the API's own record."""

    enabled: bool = False

    image: str | None = None
    """null: that of registry.k8s.io, in the version that Quorate is tested with."""

    namespace: str = "external-dns"
    """Managed like those of `namespaces`."""

    domains: tuple[DnsName, ...] = ()
    """Nothing outside these domains is changed. Required."""

    owner: str | None = None
    """Written to a TXT record beside each record, so that only its own records are changed; null: the cluster's name.
    """

    policy: Literal["upsert-only", "sync"] = "upsert-only"
    """`sync` also deletes records of Services that were deleted."""

    zone: Literal["public", "private"] = "public"
    """Kind of the Route53 zone."""

    credentials_secret: str | None = None
    """A Secret of the namespace with a key `credentials`, a file of the AWS SDK; null: the rights of the node,
    which only nodes on AWS have."""
