"""Namespaces that are safe from the start."""

import pulumi

from components.addons.part import Part
from documents.addons import namespaces
from plan import Plan
from plan.settings import ManagedNamespace


class SafeNamespace(Part):
    """One namespace with its policies, quotas and bounds."""

    def __init__(self, *, plan: Plan, space: ManagedNamespace, opts: pulumi.ResourceOptions | None = None) -> None:
        facts = {"podSecurity": space.pod_security, "egress": space.egress}
        super().__init__("SafeNamespace", space.name, facts, namespaces.objects(plan, space), opts)
