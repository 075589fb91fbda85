"""The resource `quorate:local:Bridge`: connects the machines on this computer."""

from provider.hosts.session import Sessions
from provider.local.machines import bridge
from provider.local.machines.bridge import Bridge
from provider.local.machines.unable import Unable
from provider.protocol.kind import Kind
from provider.protocol.messages import Change, Checked, Difference, Found, Refused, Request
from provider.protocol.values import Properties, has_unknown

NAMES = ("fleet", "name", "cidr")


class BridgeKind(Kind):
    """Created by root on this computer. State: the inputs, and `present`: the bridge exists (a reboot removes it)."""

    def check(self, request: Request) -> Checked:
        """Check that all three inputs are strings; the package that creates bridges checks their values."""
        problems = [
            f"{name} must be a string; got {request.inputs.get(name)!r}"
            for name in NAMES
            if not (isinstance(request.inputs.get(name), str) and request.inputs[name])
        ]
        return Checked(inputs=request.inputs, problems=problems)

    def diff(self, request: Request) -> Change:
        """A changed name or network means another bridge; a missing bridge is recreated."""
        changed = [name for name in NAMES if request.old_inputs.get(name) != request.inputs.get(name)]
        if changed:
            return Change(paths=dict.fromkeys(changed, Difference.CHANGED), replacing=changed, delete_first=True)
        if has_unknown(request.inputs) or bridge.exists(_bridge(request.inputs)):
            return Change()
        return Change(paths={"present": Difference.OUTSIDE})

    def create(self, request: Request) -> tuple[str, Properties]:
        """Create the bridge, or adopt an existing one."""
        return ("" if request.preview else str(request.inputs["name"])), self._ensured(request)

    def update(self, request: Request) -> Properties:
        """Recreate the bridge."""
        return self._ensured(request)

    def read(self, request: Request) -> Found:
        """Check whether the bridge exists."""
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
    """Create the kind for the provider."""
    return BridgeKind()
