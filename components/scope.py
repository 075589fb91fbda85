"""Lets several clusters share one stack."""

import weakref

import pulumi
import pulumi.runtime

from plan import Plan
from plan.validation.neighbours import check

_plans: "weakref.WeakKeyDictionary[pulumi.Resource, list[Plan]]" = weakref.WeakKeyDictionary()


class Scope(pulumi.ComponentResource):
    """The resources of one cluster in a stack that it shares.

    A URN has the types of a resource's parents and not their names, so the nodes `cp1` of two clusters would be the
    same resource. Therefore the type of this parent has the cluster's name.
    """

    def __init__(self, plan: Plan, opts: pulumi.ResourceOptions) -> None:
        cluster = plan.settings.cluster
        super().__init__(f"quorate:cluster:{cluster}", cluster, {"cluster": cluster}, opts)
        self.register_outputs({})


def scope(component: pulumi.ComponentResource, plan: Plan, opts: pulumi.ResourceOptions | None) -> pulumi.Resource:
    """The parent for the resources of a component: the component, or a scope below it if the stack is shared."""
    if not plan.shared or (opts is not None and isinstance(opts.parent, Scope)):
        return component
    return Scope(plan, pulumi.ResourceOptions(parent=component))


def admit(plan: Plan) -> None:
    """Refuse a cluster that does not fit beside those that this program has already. Raises `Refused`."""
    stack = pulumi.runtime.get_root_resource()
    others = _plans.setdefault(stack, []) if stack is not None else []
    check(plan, others)
    others.append(plan)
