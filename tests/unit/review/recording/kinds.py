"""In the recorded project this takes the place of `provider/kinds.py`: hosts that accept everything."""

from provider.hosts.agent_archive import Agent
from provider.hosts.cluster import ClusterKind
from provider.hosts.node import NodeKind
from provider.hosts.session import Sessions
from provider.protocol.kind import Kind
from provider.protocol.messages import Change, Checked, Request
from provider.protocol.values import Properties, secret

HOST_KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEXAMPLEexampleEXAMPLEexampleEXAMPLEexample"


class Accepted(Kind):
    """Checks, compares and previews as the real kind does; an update contacts nobody and succeeds."""

    def __init__(self, real: Kind, learnt: Properties) -> None:
        self._real = real
        self._learnt = learnt

    def check(self, request: Request) -> Checked:
        return self._real.check(request)

    def diff(self, request: Request) -> Change:
        return self._real.diff(request)

    def create(self, request: Request) -> tuple[str, Properties]:
        return self._real.create(request) if request.preview else (request.name, self._state(request))

    def update(self, request: Request) -> Properties:
        return self._real.update(request) if request.preview else self._state(request)

    def delete(self, request: Request) -> None:
        pass

    def _state(self, request: Request) -> Properties:
        hidden = {name: secret(value) for name, value in request.inputs.items() if name == "secrets"}
        return {**request.inputs, **hidden, **self._learnt}


class Kinds:
    """Nodes that have become members, and a cluster that is ready."""

    def __init__(self, sessions: Sessions) -> None:
        self._kinds = {
            "quorate:hosts:Node": Accepted(
                NodeKind(Agent(), sessions), {"hostKey": HOST_KEY, "member": True, "drift": []}
            ),
            "quorate:hosts:Cluster": Accepted(ClusterKind(Agent(), sessions), {"unready": []}),
        }

    def of(self, token: str) -> Kind:
        """The stand-in for a type."""
        return self._kinds[token]
