"""Namespaces that are safe from the start, and roles of groups."""

from typing import Literal

from plan.settings.model import Model


class Quota(Model):
    """ResourceQuota: what a namespace may use in total. Amounts are Kubernetes quantities."""

    requests_cpu: str = "4"
    requests_memory: str = "8Gi"
    limits_cpu: str = "8"
    limits_memory: str = "16Gi"
    pods: int = 50
    persistent_volume_claims: int = 20
    load_balancers: int = 2
    """Services of type LoadBalancer; each costs money in a cloud."""

    node_ports: int = 0
    secrets: int = 200
    """Limited, like config maps, because etcd stores all of them."""

    config_maps: int = 200


class CpuAmounts(Model):
    """LimitRange of processors: minimum <= request <= limit <= maximum. A default yields to values that are set."""

    minimum: str = "10m"
    """The lowest request of a container."""

    request: str = "100m"
    """The request of a container that does not set one."""

    limit: str = "500m"
    """The limit of a container that does not set one."""

    maximum: str = "2"
    """The highest limit of a container."""


class MemoryAmounts(Model):
    """LimitRange of memory, like that of processors."""

    minimum: str = "16Mi"
    request: str = "128Mi"
    limit: str = "256Mi"
    maximum: str = "2Gi"


Amounts = CpuAmounts | MemoryAmounts


class ContainerDefaults(Model):
    """Defaults of containers without requests and limits, and bounds for containers with them."""

    cpu: CpuAmounts = CpuAmounts()
    memory: MemoryAmounts = MemoryAmounts()


class ManagedNamespace(Model):
    """Pod Security, quota, limits and a default-deny NetworkPolicy that blocks instance metadata too."""

    name: str
    """DNS label."""

    pod_security: Literal["restricted", "baseline"] = "restricted"
    """The Pod Security Standard that is enforced; warnings always follow `restricted`."""

    egress: Literal["named", "any"] = "named"
    """Where pods may connect to. `named`: cluster DNS, and what your own NetworkPolicies allow. `any`: everywhere
    except the instance metadata address."""

    quota: Quota = Quota()
    containers: ContainerDefaults = ContainerDefaults()


class Access(Model):
    """Groups of the authentication in use (a certificate's organization, OIDC groups) and their roles."""

    enabled: bool = True

    viewers: tuple[str, ...] = ("quorate:viewers",)
    """Can read everything except Secrets."""

    operators: tuple[str, ...] = ("quorate:operators",)
    """Can also cordon and drain nodes, restart and scale workloads."""

    admins: tuple[str, ...] = ("quorate:admins",)
    """Can also change everything in the managed namespaces."""
