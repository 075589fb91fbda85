"""The provider `quorate`: passes each request to the kind of its resource."""

from provider.hosts.session import Sessions
from provider.kinds import Kinds
from provider.protocol.messages import Change, Checked, Found, Refused, Request
from provider.protocol.provider import Provider
from provider.protocol.values import Properties


class Quorate(Provider):
    """Hosts reached by SSH, machines on this computer, and the waits that AWS needs."""

    name = "quorate"
    version = "0.1.0"
    title = "quorate provider"

    def __init__(self, kinds: Kinds, sessions: Sessions) -> None:
        self._kinds = kinds
        self._sessions = sessions

    def require(self, token: str) -> None:
        """Find the kind of a type."""
        self._kinds.of(token)

    def check(self, request: Request) -> Checked:
        """Pass the request to the kind."""
        return self._kinds.of(request.token).check(request)

    def diff(self, request: Request) -> Change:
        """Pass the request to the kind."""
        return self._kinds.of(request.token).diff(request)

    def create(self, request: Request) -> tuple[str, Properties]:
        """Pass the request to the kind."""
        return self._kinds.of(request.token).create(request)

    def update(self, request: Request) -> Properties:
        """Pass the request to the kind."""
        return self._kinds.of(request.token).update(request)

    def read(self, request: Request) -> Found | None:
        """Pass the request to the kind. A resource without a state cannot be imported."""
        if not request.state:
            raise Refused("it cannot be imported: only the program that plans it knows its wanted state")
        return self._kinds.of(request.token).read(request)

    def delete(self, request: Request) -> None:
        """Pass the request to the kind."""
        self._kinds.of(request.token).delete(request)

    def cancel(self) -> None:
        """End every SSH session and every wait."""
        self._sessions.end()
