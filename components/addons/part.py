"""One add-on as a resource, with its objects below it."""

from collections.abc import Sequence

import pulumi

from components.addons.objects import make
from documents.addons.add_on import AddOn


class Part(pulumi.ComponentResource):
    """An add-on that consists only of its objects. `after` and `pods_after` as in `make`."""

    def __init__(
        self,
        given: AddOn,
        *,
        after: Sequence[pulumi.Resource],
        pods_after: Sequence[pulumi.Resource],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(f"quorate:addons:{given.kind}", given.name, dict(given.facts), opts)
        make(given.objects, parent=self, after=after, pods_after=pods_after)
        self.register_outputs(dict(given.facts))
