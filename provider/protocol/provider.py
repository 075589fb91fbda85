"""Base of the providers."""

from typing import ClassVar

from provider.protocol.kind import Kind
from provider.protocol.log import Progress
from provider.protocol.messages import Change, Refused
from provider.protocol.values import Properties


class Provider(Kind):
    """The operations of a provider itself, besides those on its resources.

    `refusals`: its own exceptions whose message the user sees unchanged, like that of `Refused`. `names_resources`:
    it invents names and follows the project's autonaming (`Request.seed`, `Request.proposed_name`).
    """

    name: ClassVar[str]
    version: str
    title: ClassVar[str]  # for messages, such as "tls stand-in"
    refusals: ClassVar[tuple[type[Exception], ...]] = ()
    names_resources: ClassVar[bool] = False

    def configure(self, settings: Properties, progress: Progress) -> None:
        """Take the provider resource's inputs, before any other request. Values may be UNKNOWN in a preview."""

    def diff_settings(self, old: Properties, new: Properties) -> Change:  # noqa: ARG002 -- for those with settings
        """The meaning of changed provider inputs; a replaced provider replaces every resource that it made."""
        return Change()

    def require(self, token: str) -> None:
        """Raise `Refused` for a resource type, component or function that the provider does not have."""

    def invoke(self, token: str, arguments: Properties, progress: Progress) -> Properties:  # noqa: ARG002 -- as above
        """The result of a function."""
        self.require(token)
        raise Refused(f"the {self.title} has no function {token}")

    def cancel(self) -> None:
        """End the running operations as soon as possible."""
