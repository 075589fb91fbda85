"""The description of one add-on. Each module of this package that has `add_ons(plan)` is found by `manifests`."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from documents.yaml_text import Document


@dataclass(frozen=True, kw_only=True)
class AddOn:
    """One component inside the cluster.

    `kind`: its resource type is `quorate:addons:<kind>`; `name`: its resource name; `facts`: values that policies and
    previews show. `after` and `pods_after` name other add-ons by their `key`: all objects, or only the pods, wait for
    those that are enabled.
    """

    kind: str
    name: str
    facts: Mapping[str, object]
    objects: tuple[Document, ...]
    after: tuple[str, ...] = ()
    pods_after: tuple[str, ...] = ()
    file: str = field(default="")  # golden file and documentation; the name if empty

    @property
    def key(self) -> str:
        """Unique within a cluster, for example `SafeNamespace/shop`."""
        return f"{self.kind}/{self.name}"
