"""The requests of the engine and the responses of a provider, without gRPC."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum

from provider.protocol.log import Progress
from provider.protocol.values import Properties


class Refused(Exception):
    """The operation failed and changed nothing. The user sees the message unchanged."""


class PartialFailure(Exception):
    """The operation failed after it had changed something; the engine stores `state` for the next update."""

    def __init__(self, *reasons: str, id: str, state: Properties) -> None:  # noqa: A002 -- the engine's word
        self.reasons = reasons
        self.id = id
        self.state = state
        super().__init__("; ".join(reasons))


@dataclass(frozen=True, kw_only=True)
class Request:
    """One request about one resource. Properties that a request does not carry are empty.

    `seconds`: the operation's `customTimeouts`, 0 if the program sets none. `seed` and `proposed_name` are for
    providers that name resources: random bytes of the update, and the name that the project's autonaming demands
    (empty: no name; None: the provider chooses).
    """

    urn: str
    id: str = ""
    inputs: Properties = field(default_factory=dict, repr=False)
    old_inputs: Properties = field(default_factory=dict, repr=False)
    state: Properties = field(default_factory=dict, repr=False)
    preview: bool = False
    seconds: float = 0.0
    seed: bytes = field(default=b"", repr=False)
    proposed_name: str | None = None
    progress: Progress

    @property
    def token(self) -> str:
        """The type, such as `quorate:hosts:Node`."""
        return self.urn.split("::")[2].rsplit("$", 1)[-1]

    @property
    def kind(self) -> str:
        """The last part of the type, such as `Node`."""
        return self.token.rsplit(":", 1)[-1]

    @property
    def name(self) -> str:
        """The resource's name in the program."""
        return self.urn.split("::", 3)[3]


@dataclass(frozen=True, kw_only=True)
class Checked:
    """The inputs as completed by the provider, and every problem with them.

    A problem is one text. It may name a property but never its value, which may be a key. The engine's own field for
    the property stays empty, because the engine would print that property's value.
    """

    inputs: Properties = field(repr=False)
    problems: Sequence[str] = ()


class Difference(Enum):
    """How a property differs."""

    ADDED = "added"
    CHANGED = "changed"
    REMOVED = "removed"
    OUTSIDE = "outside"  # the inputs are the same; the resource itself was changed outside of Pulumi


@dataclass(frozen=True, kw_only=True)
class Change:
    """Property paths that differ, in the engine's notation, such as `files["/etc/hosts"].content`.

    `replacing`: those among them that need a new resource. `replace_keys`: the properties that the engine compares
    with what other resources depend on, if they are not `replacing` itself. `delete_first`: the new resource cannot
    exist beside the old one. `from_inputs`: the paths compare inputs; False: they compare the state.
    """

    paths: Mapping[str, Difference] = field(default_factory=dict)
    replacing: Sequence[str] = ()
    replace_keys: Sequence[str] | None = None
    delete_first: bool = False
    from_inputs: bool = True


@dataclass(frozen=True, kw_only=True)
class Found:
    """A resource as it is now. `id` and `inputs` of the resource; None: as in the request."""

    state: Properties = field(repr=False)
    inputs: Properties | None = field(default=None, repr=False)
    id: str | None = None
