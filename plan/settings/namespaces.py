"""Namespaces that are safe from the start, and who may do what."""

from typing import Literal

from plan.settings.model import Model


class Quota(Model):
    """ResourceQuota: what a namespace may use in all. Amounts are Kubernetes quantities."""

    requests_cpu: str = "4"
    requests_memory: str = "8Gi"
    limits_cpu: str = "8"
    limits_memory: str = "16Gi"
    pods: int = 50
    persistent_volume_claims: int = 20
    load_balancers: int = 2
    """Each costs money in a cloud."""

    node_ports: int = 0
    secrets: int = 200
    """Counted, like config maps, because etcd holds them all."""

    config_maps: int = 200


class Amounts(Model):
    """LimitRange of one resource: minimum <= request <= limit <= maximum."""

    minimum: str
    """The least a container may ask for."""

    request: str
    """What it asks for when it does not say."""

    limit: str
    """What it may use when it does not say."""

    maximum: str
    """The most it may use."""


class ContainerDefaults(Model):
    """What a container gets that says nothing, and between which bounds it may say something."""

    cpu: Amounts = Amounts(minimum="10m", request="100m", limit="500m", maximum="2")
    memory: Amounts = Amounts(minimum="16Mi", request="128Mi", limit="256Mi", maximum="2Gi")


class ManagedNamespace(Model):
    """Pod Security, a default-deny NetworkPolicy that also closes the instance metadata address, quota and bounds."""

    name: str
    """DNS label."""

    pod_security: Literal["restricted", "baseline"] = "restricted"
    """The Pod Security Standard that is enforced; `restricted` is what is warned of in any case."""

    egress: Literal["named", "any"] = "named"
    """Where pods may connect to. `named`: cluster DNS, and what your own NetworkPolicies allow. `any`: anywhere but the
    instance metadata address."""

    quota: Quota = Quota()
    containers: ContainerDefaults = ContainerDefaults()


class Access(Model):
    """Groups of the authentication in use (a certificate's organisation, OIDC's groups) and their roles."""

    enabled: bool = True

    viewers: tuple[str, ...] = ("quorate:viewers",)
    """See everything but Secrets."""

    operators: tuple[str, ...] = ("quorate:operators",)
    """Also cordon and drain nodes, restart and scale workloads."""

    admins: tuple[str, ...] = ("quorate:admins",)
    """Also change everything inside the managed namespaces."""
