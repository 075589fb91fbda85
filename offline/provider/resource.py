"""What a provider is asked and what it answers, without the wire."""

from dataclasses import dataclass, field

from wire.values import Properties


class Refused(Exception):
    """An error whose message alone is shown to the user."""


@dataclass(frozen=True, kw_only=True)
class Resource:
    """The resource a question is about. Empty properties are those that the question does not carry."""

    kind: str  # the last part of the type token, such as PrivateKey
    id: str = ""
    inputs: Properties = field(default_factory=dict)
    old_inputs: Properties = field(default_factory=dict)
    state: Properties = field(default_factory=dict)
    preview: bool = False


@dataclass(frozen=True, kw_only=True)
class Change:
    """Names of the properties that differ, and those among them that need a new resource."""

    properties: tuple[str, ...] = ()
    replacing: tuple[str, ...] = ()


class Provider:
    """Base of a provider. Every method may raise `Refused`; every value is plain."""

    name: str
    version: str
    types: frozenset[str]  # the complete type tokens that it implements

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

    def read(self, resource: Resource) -> Properties:
        """The state as it is now; `resource.state` is empty when the user asks to import."""
        raise NotImplementedError
