"""What a rule reports."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Violation:
    """`what` is one sentence without a final full stop; `urn` says where, empty for the stack as a whole.

    `subject` is the machine or certificate that it is about; `document` its file and line; `because` says why it is
    judged. Policies see secrets in plain text: `what` names paths, counts and public values, never the content of a
    key.
    """

    what: str
    urn: str = ""
    subject: str = ""
    document: str = ""
    because: str = ""

    @property
    def sentence(self) -> str:
        """Subject and sentence."""
        return f"{self.subject}: {self.what}" if self.subject else self.what
