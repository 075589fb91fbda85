"""What the engine asks about a resource, without the wire."""

from dataclasses import dataclass, field

from provider.protocol.log import Progress
from provider.protocol.values import Properties


@dataclass(frozen=True, kw_only=True)
class Question:
    """One question about one resource. Properties that a question does not carry are empty.

    `seconds`: the operation's `customTimeouts`, 0 when the program gives none.
    """

    urn: str
    id: str = ""
    inputs: Properties = field(default_factory=dict, repr=False)
    old_inputs: Properties = field(default_factory=dict, repr=False)
    state: Properties = field(default_factory=dict, repr=False)
    preview: bool = False
    seconds: float = 0.0
    progress: Progress

    @property
    def token(self) -> str:
        """The type, such as `quorate:hosts:Node`."""
        return self.urn.split("::")[2].rsplit("$", 1)[-1]

    @property
    def name(self) -> str:
        """The resource's name in the program."""
        return self.urn.split("::", 3)[3]
