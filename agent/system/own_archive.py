"""The agent's own archive: hosts keep a copy of it for timers."""

from agent.system.archive import PACKAGE, archive

PLACE = "/usr/local/lib/quorate/agent.pyz"
# The agent may be started by a relative name, and the working directory may change.
_ARCHIVE = PACKAGE.resolve().parent


def own_archive() -> bytes:
    """The archive that this agent runs from; built from its sources if it runs from a folder."""
    return _ARCHIVE.read_bytes() if _ARCHIVE.is_file() else archive()
