"""The provider `quorate` as a process."""

from collections.abc import Sequence

from provider.hosts.session import Sessions
from provider.kinds import Kinds
from provider.protocol.plugin import run
from provider.quorate import Quorate


def main(arguments: Sequence[str]) -> None:
    """Serve until the engine ends the process."""
    sessions = Sessions()
    run(Quorate(Kinds(sessions), sessions), arguments)
