"""The resource `quorate:local:Bridge`: what the machines on this computer are connected to."""

from provider.hosts.session import Sessions
from provider.local.machines import bridge
from provider.local.machines.bridge import Bridge
from provider.local.machines.unable import Unable
from provider.protocol.kind import Kind
from provider.protocol.messages import Change, Checked, Difference, Found, Refused, Request
from provider.protocol.values import Properties, has_unknown

NAMES = ("fleet", "name", "cidr")


class BridgeKind(Kind):
    """Made by root on this computer. State: the inputs, and `present`: it is there (a reboot removes bridges)."""

    def check(self, request: Request) -> Checked:
        """All three inputs are texts; what they may be is known to the package that makes bridges."""
        problems = [
            f"{name} is a text; got {request.inputs.get(name)!r}"
            for name in NAMES
            if not (isinstance(request.inputs.get(name), str) and request.inputs[name])
        ]
        return Checked(inputs=request.inputs, problems=problems)

    def diff(self, request: Request) -> Change:
        """Another name or network is another bridge; one that is gone is made again."""
        changed = [name for name in NAMES if request.old_inputs.get(name) != request.inputs.get(name)]
        if changed:
            return Change(paths=dict.fromkeys(changed, Difference.CHANGED), replacing=changed, delete_first=True)
        if has_unknown(request.inputs) or bridge.exists(_bridge(request.inputs)):
            return Change()
        return Change(paths={"present": Difference.OUTSIDE})

    def create(self, request: Request) -> tuple[str, Properties]:
        """Make it, or take the one that is there."""
        return ("" if request.preview else str(request.inputs["name"])), self._ensured(request)

    def update(self, request: Request) -> Properties:
        """Make it again."""
        return self._ensured(request)

    def read(self, request: Request) -> Found:
        """Look whether it is there."""
        return Found(state={**request.state, "present": bridge.exists(_bridge(request.state))})

    def delete(self, request: Request) -> None:
        """Remove it."""
        try:
            bridge.remove(_bridge(request.state))
        except Unable as unable:
            raise Refused(str(unable)) from None

    @staticmethod
    def _ensured(request: Request) -> Properties:
        if not request.preview:
            try:
                bridge.ensure(_bridge(request.inputs))
            except Unable as unable:
                raise Refused(str(unable)) from None
        return {**request.inputs, "present": True}


def _bridge(values: Properties) -> Bridge:
    return Bridge(**{name: str(values[name]) for name in NAMES})


def kind(_: Sessions) -> BridgeKind:
    """For the provider."""
    return BridgeKind()
