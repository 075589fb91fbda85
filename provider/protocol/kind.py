"""The operations on a resource."""

from provider.protocol.messages import Change, Checked, Found, Request
from provider.protocol.values import Properties


class Kind:
    """Base of the resource kinds. Every method may raise `Refused`; `create` and `update` also `PartialFailure`."""

    def check(self, request: Request) -> Checked:
        """Every problem of `request.inputs`, and the inputs with the provider's additions. Values may be UNKNOWN."""
        raise NotImplementedError

    def diff(self, request: Request) -> Change:
        """What an update from `old_inputs` and `state` to `inputs` would change."""
        raise NotImplementedError

    def create(self, request: Request) -> tuple[str, Properties]:
        """Identity and state. A preview changes nothing, has no identity, and marks unknown values as UNKNOWN."""
        raise NotImplementedError

    def update(self, request: Request) -> Properties:
        """The new state; a preview as in `create`."""
        raise NotImplementedError

    def read(self, request: Request) -> Found | None:
        """The resource as it is now; None if it is gone. `request.state` is empty for an import."""
        raise NotImplementedError

    def delete(self, request: Request) -> None:
        """Remove it. Succeeds if it is gone already."""
        raise NotImplementedError
