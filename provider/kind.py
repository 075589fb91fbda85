"""The kind of a resource: what the provider can do with it."""

from provider.protocol.answer import Change, Checked
from provider.protocol.messages import Question
from provider.protocol.values import Properties


class Kind:
    """Base of the resource kinds. Every method may raise `Refused`; `create` and `update` also `Incomplete`."""

    def check(self, question: Question) -> Checked:
        """Every problem of `question.inputs`, and the inputs with what the provider adds. Values may be UNKNOWN."""
        raise NotImplementedError

    def diff(self, question: Question) -> Change:
        """What an update from `old_inputs` and `state` to `inputs` would change."""
        raise NotImplementedError

    def create(self, question: Question) -> tuple[str, Properties]:
        """Identity and state. A preview touches nothing; what only the update will know is UNKNOWN."""
        raise NotImplementedError

    def update(self, question: Question) -> Properties:
        """The new state; a preview as in `create`."""
        raise NotImplementedError

    def read(self, question: Question) -> Properties | None:
        """The state as it is now; None when the resource is gone."""
        raise NotImplementedError

    def delete(self, question: Question) -> None:
        """Remove it. What is not there any more has been removed."""
        raise NotImplementedError
