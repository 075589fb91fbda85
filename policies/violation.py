"""What a rule reports."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Violation:
    """`what` is one sentence without a final full stop; `urn` says where, empty for the stack as a whole.

    Policies see secrets in clear: `what` names paths, counts and public values, never the content of a file or a key.
    """

    what: str
    urn: str = ""
