"""In the recorded project this takes the place of `provider/kinds.py`: hosts that accept everything."""

from provider.hosts.agent_archive import Agent
from provider.hosts.cluster import ClusterKind
from provider.hosts.node import NodeKind
from provider.hosts.session import Sessions
from provider.kind import Kind
from provider.protocol.answer import Change, Checked
from provider.protocol.messages import Question
from provider.protocol.values import Properties, secret

HOST_KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEXAMPLEexampleEXAMPLEexampleEXAMPLEexample"


class Accepted(Kind):
    """Checks, compares and previews as the real kind does; an update contacts nobody and succeeds."""

    def __init__(self, real: Kind, learnt: Properties) -> None:
        self._real = real
        self._learnt = learnt

    def check(self, question: Question) -> Checked:
        return self._real.check(question)

    def diff(self, question: Question) -> Change:
        return self._real.diff(question)

    def create(self, question: Question) -> tuple[str, Properties]:
        return self._real.create(question) if question.preview else (question.name, self._state(question))

    def update(self, question: Question) -> Properties:
        return self._real.update(question) if question.preview else self._state(question)

    def delete(self, question: Question) -> None:
        pass

    def _state(self, question: Question) -> Properties:
        hidden = {name: secret(value) for name, value in question.inputs.items() if name == "secrets"}
        return {**question.inputs, **hidden, **self._learnt}


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
