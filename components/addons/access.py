"""Groups and what they may do."""

from collections.abc import Sequence

import pulumi

from components.addons.part import Part
from documents.addons import access
from plan import Plan


class Access(Part):
    """Viewers, operators and administrators."""

    def __init__(
        self, *, plan: Plan, after: Sequence[pulumi.Resource], opts: pulumi.ResourceOptions | None = None
    ) -> None:
        given = plan.settings.addons.access
        facts = {"viewers": given.viewers, "operators": given.operators, "admins": given.admins}
        super().__init__("Access", "access", facts, access.objects(plan), opts, after=after)
