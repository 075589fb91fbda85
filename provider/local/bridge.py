"""The resource `quorate:local:Bridge`: what the machines on this computer are connected to."""

from provider.kind import Kind
from provider.local.machines import bridge
from provider.local.machines.bridge import Bridge
from provider.local.machines.unable import Unable
from provider.protocol.answer import Change, Checked, Difference, Refused
from provider.protocol.messages import Question
from provider.protocol.values import Properties, has_unknown

NAMES = ("fleet", "name", "cidr")


class BridgeKind(Kind):
    """Made by root on this computer. State: the inputs, and `present`: it is there (a reboot removes bridges)."""

    def check(self, question: Question) -> Checked:
        """All three inputs are texts; what they may be is known to the package that makes bridges."""
        problems = [
            f"{name} is a text; got {question.inputs.get(name)!r}"
            for name in NAMES
            if not (isinstance(question.inputs.get(name), str) and question.inputs[name])
        ]
        return Checked(inputs=question.inputs, problems=problems)

    def diff(self, question: Question) -> Change:
        """Another name or network is another bridge; one that is gone is made again."""
        changed = [name for name in NAMES if question.old_inputs.get(name) != question.inputs.get(name)]
        if changed:
            return Change(paths=dict.fromkeys(changed, Difference.CHANGED), replacing=changed)
        if has_unknown(question.inputs) or bridge.exists(_bridge(question.inputs)):
            return Change()
        return Change(paths={"present": Difference.OUTSIDE})

    def create(self, question: Question) -> tuple[str, Properties]:
        """Make it, or take the one that is there."""
        return ("" if question.preview else str(question.inputs["name"])), self._ensured(question)

    def update(self, question: Question) -> Properties:
        """Make it again."""
        return self._ensured(question)

    def read(self, question: Question) -> Properties:
        """Look whether it is there."""
        return {**question.state, "present": bridge.exists(_bridge(question.state))}

    def delete(self, question: Question) -> None:
        """Remove it."""
        try:
            bridge.remove(_bridge(question.state))
        except Unable as unable:
            raise Refused(str(unable)) from None

    @staticmethod
    def _ensured(question: Question) -> Properties:
        if not question.preview:
            try:
                bridge.ensure(_bridge(question.inputs))
            except Unable as unable:
                raise Refused(str(unable)) from None
        return {**question.inputs, "present": True}


def _bridge(values: Properties) -> Bridge:
    return Bridge(**{name: str(values[name]) for name in NAMES})
