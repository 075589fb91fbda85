"""One add-on that is nothing but its objects."""

from collections.abc import Mapping, Sequence

import pulumi

from components.addons.objects import make
from documents.yaml_text import Document


class Part(pulumi.ComponentResource):
    """Objects under one name. `facts` are what policies and people read of it; the rest is as in `make`."""

    def __init__(
        self,
        kind: str,
        name: str,
        facts: Mapping[str, object],
        documents: Sequence[Document],
        opts: pulumi.ResourceOptions | None = None,
        *,
        after: Sequence[pulumi.Resource] = (),
        pods_after: Sequence[pulumi.Resource] = (),
    ) -> None:
        super().__init__(f"quorate:addons:{kind}", name, dict(facts), opts)
        make(documents, parent=self, after=after, pods_after=pods_after)
        self.register_outputs(dict(facts))
