"""What a provider is asked and what it answers, without the wire."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from provider.protocol.log import Progress
from provider.protocol.values import Properties


class Refused(Exception):
    """An error whose message alone is shown to the user."""


class Unfinished(Exception):
    """The resource exists, but is not what it should be. The engine keeps it, and the next update goes on with it."""

    def __init__(self, reasons: Sequence[str], *, id: str, state: Properties) -> None:  # noqa: A002 -- the engine's word
        self.reasons = tuple(reasons)
        self.id = id
        self.state = state
        super().__init__("; ".join(reasons))


@dataclass(frozen=True, kw_only=True)
class Resource:
    """The resource a question is about. Empty properties are those that the question does not carry.

    `seconds`: the operation's `customTimeouts`, 0 when the program gives none.
    """

    kind: str  # the last part of the type token, such as PrivateKey
    id: str = ""
    inputs: Properties = field(default_factory=dict)
    old_inputs: Properties = field(default_factory=dict)
    state: Properties = field(default_factory=dict)
    preview: bool = False
    seconds: float = 0.0
    progress: Progress


@dataclass(frozen=True, kw_only=True)
class Change:
    """Paths of the properties that differ, and those among them that need a new resource.

    `delete_first`: the new one cannot exist beside the old one.
    """

    properties: tuple[str, ...] = ()
    replacing: tuple[str, ...] = ()
    delete_first: bool = False


@dataclass(frozen=True, kw_only=True)
class Found:
    """A resource as it is now: `inputs` are those that would make it so."""

    inputs: Properties
    state: Properties


class Provider:
    """Base of a provider. Every method may raise `Refused`, create and update also `Unfinished`; values are plain."""

    name: str
    version: str
    types: frozenset[str]  # the complete type tokens that it implements

    def configure(self, settings: Properties) -> None:
        """Take the provider resource's inputs. Nothing is asked before; values may be UNKNOWN in a preview."""

    def diff_settings(self, old: Properties, new: Properties) -> Change:  # noqa: ARG002 -- for those that have settings
        """What changed inputs of the provider resource mean; to replace it is to replace every resource it made."""
        return Change()

    def check(self, resource: Resource) -> list[str]:
        """Every problem of the new inputs, each naming its property and never a value that may be secret."""
        raise NotImplementedError

    def diff(self, resource: Resource) -> Change:
        """What an update of `resource.state` to `resource.inputs` would change."""
        raise NotImplementedError

    def create(self, resource: Resource) -> tuple[str, Properties]:
        """Identity and state of the new resource; in a preview no identity, and UNKNOWN for what is not known yet."""
        raise NotImplementedError

    def update(self, resource: Resource) -> Properties:
        """The new state."""
        raise NotImplementedError

    def read(self, resource: Resource) -> Found | None:
        """The resource as it is now, None when it is gone; `resource.state` is empty when the user asks to import."""
        raise NotImplementedError

    def delete(self, resource: Resource) -> None:
        """Remove it. What is not there any more has been removed, and what is only in the state needs nothing."""

    def cancel(self) -> None:
        """End what runs at the moment as soon as it can."""
