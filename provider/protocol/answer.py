"""What the provider answers, without the wire."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum

from provider.protocol.values import Properties


class Refused(Exception):
    """The operation failed, and all that is known of the resource was known before. The text is shown as it is."""


class Incomplete(Exception):
    """The operation failed after it had changed something: what is known is kept, for the next update."""

    def __init__(self, reason: str, *, id: str, state: Properties) -> None:  # noqa: A002 -- the engine's word
        self.id = id
        self.state = state
        super().__init__(reason)


class Difference(Enum):
    """How a property differs."""

    ADDED = "added"
    CHANGED = "changed"
    REMOVED = "removed"
    OUTSIDE = "outside"  # not by an input: what is there is no longer what was made


@dataclass(frozen=True, kw_only=True)
class Change:
    """Property paths that differ, in the engine's notation, such as `files["/etc/hosts"].content`.

    `replacing`: those among them that need a new resource; the old one is then deleted first.
    """

    paths: Mapping[str, Difference] = field(default_factory=dict)
    replacing: Sequence[str] = ()


@dataclass(frozen=True, kw_only=True)
class Checked:
    """Inputs, completed by the provider, and every problem with them.

    Problems name no property to the engine: it prints the value of the property that is named, were it a key.
    """

    inputs: Properties = field(repr=False)
    problems: Sequence[str] = ()
