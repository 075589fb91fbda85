"""Base of the stand-ins whose types are a fixed list."""

from typing import ClassVar

from provider.protocol.messages import Refused
from provider.protocol.provider import Provider


class StandIn(Provider):
    """Refuses types that only the official plugin has."""

    types: ClassVar[frozenset[str]]  # complete type tokens

    def require(self, token: str) -> None:
        """Raise `Refused` with the supported types."""
        if token not in self.types:
            raise Refused(
                f"the {self.title} implements {', '.join(sorted(self.types))}, but not {token};"
                f" install the official plugin {self.name} {self.version} to use it"
            )
