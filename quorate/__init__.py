"""Highly available Kubernetes control planes for your own Pulumi program.

    import pulumi
    import quorate

    plan = quorate.plan({"preset": "dev", "kind": "aws", "cluster": "berlin", "aws": {...}})
    berlin = quorate.ControlPlane("berlin", plan=plan)
    pulumi.export("endpoint", berlin.facts["endpoint"])

`plan` decides everything and refuses bad settings before anything is created; the components build what it says.
Settings have the names of docs/settings.md. No component reads the stack's configuration.
"""

from typing import TYPE_CHECKING

from plan import Plan, Refusal, Refused
from quorate.planning import plan

if TYPE_CHECKING:
    from components.aws.load_balancer import ApiLoadBalancer
    from components.aws.network import Subnets
    from components.certificate_tree import CertificateTree
    from components.control_plane import ControlPlane
    from components.etcd_cluster import EtcdCluster
    from components.hosts.virtual_ip import VirtualIp
    from quorate.inputs import ClusterArgs

__all__ = [
    "ApiLoadBalancer",
    "CertificateTree",
    "ClusterArgs",
    "ControlPlane",
    "EtcdCluster",
    "Plan",
    "Refusal",
    "Refused",
    "Subnets",
    "VirtualIp",
    "plan",
]


def __getattr__(name: str) -> object:
    # Loaded at first use: the AWS SDK takes a quarter of a second, and the plugin's process needs no component.
    if name in ("ApiLoadBalancer", "Subnets"):
        from components.aws import load_balancer, network  # noqa: PLC0415

        return network.Subnets if name == "Subnets" else load_balancer.ApiLoadBalancer
    if name in __all__:
        from quorate import parts  # noqa: PLC0415

        found: object = getattr(parts, name)
        return found
    raise AttributeError(f"module 'quorate' has no attribute {name!r}")
