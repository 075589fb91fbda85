"""Highly available Kubernetes control planes for your own Pulumi program.

    import pulumi
    import quorate

    plan = quorate.plan({"preset": "dev", "kind": "aws", "cluster": "berlin", "aws": {...}})
    berlin = quorate.ControlPlane("berlin", plan=plan)
    pulumi.export("endpoint", berlin.facts["endpoint"])

`plan` decides everything and refuses bad settings before anything is created; the components build what it says.
Settings have the names of docs/settings.md. No component reads the stack's configuration.
"""

import importlib
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

# Loaded at first use: the AWS SDK takes a quarter of a second, and the plugin's process needs none of them.
_PLACES = {
    "ApiLoadBalancer": "components.aws.load_balancer",
    "CertificateTree": "components.certificate_tree",
    "ClusterArgs": "quorate.inputs",
    "ControlPlane": "components.control_plane",
    "EtcdCluster": "components.etcd_cluster",
    "Subnets": "components.aws.network",
    "VirtualIp": "components.hosts.virtual_ip",
}

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
    place = _PLACES.get(name)
    if place is None:
        raise AttributeError(f"module 'quorate' has no attribute {name!r}")
    found: object = getattr(importlib.import_module(place), name)
    return found
