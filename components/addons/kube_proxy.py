"""Addresses of Services lead to pods."""

import pulumi

from components.addons.part import Part
from documents.addons import kube_proxy
from plan import Plan


class KubeProxy(Part):
    """kube-proxy on every node."""

    def __init__(self, *, plan: Plan, opts: pulumi.ResourceOptions | None = None) -> None:
        facts = {"mode": "nftables"}
        super().__init__("KubeProxy", kube_proxy.NAME, facts, kube_proxy.objects(plan), opts)
