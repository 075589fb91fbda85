"""AWS's cloud controller manager."""

import pulumi

from components.addons.part import Part
from documents.addons import cloud_controller
from plan import Plan


class CloudController(Part):
    """One on each control-plane node."""

    def __init__(self, *, plan: Plan, opts: pulumi.ResourceOptions | None = None) -> None:
        facts = {"cluster": plan.settings.cluster}
        super().__init__("CloudController", cloud_controller.NAME, facts, cloud_controller.objects(plan), opts)
