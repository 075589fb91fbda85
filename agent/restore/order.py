"""The order to restore: a description of the snapshot, and the token of the cluster that starts from it."""

import json
from dataclasses import dataclass

from agent.model.json_reading import Json, parse
from agent.snapshots.description import Description, from_json

BUMP = 1_000_000_000  # revisions: more than a week of heavy writing (etcd documentation: disaster recovery)


@dataclass(frozen=True, kw_only=True)
class Order:
    """`token` is new for every restore; `foreign`: the operator confirms a snapshot with other keys."""

    about: Description
    token: str
    foreign: bool

    def text(self) -> str:
        """The order as it is sent and stored: one line."""
        content = {"about": json.loads(self.about.text()), "token": self.token, "foreign": self.foreign}
        return json.dumps(content) + "\n"

    @property
    def revision(self) -> int:
        """The lowest revision of the cluster afterwards."""
        return self.about.revision + BUMP


def read(text: str | bytes, *, at: str) -> Order:
    """Raises Malformed."""
    value: Json = parse(text, at=at)
    return Order(about=from_json(value["about"]), token=value["token"].text(), foreign=value["foreign"].flag())
