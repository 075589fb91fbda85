"""The agent for a host: the package `agent` of this repository as one archive that Python runs (PEP 441)."""

import hashlib
from functools import cached_property
from pathlib import Path

from agent.system.archive import PACKAGE, archive, sources

RECEIVED = "received"  # the first line of output: everything has arrived, and the agent runs
OLDEST = (3, 11)  # Debian 12's
OLD_PYTHON = 92  # exit status
# In syntax that every version of Python 3 accepts.
_MAIN = f"""\
import runpy, sys
if sys.version_info < {OLDEST}:
    sys.exit({OLD_PYTHON})
print("{RECEIVED}", flush=True)
runpy.run_module("agent", run_name="__main__", alter_sys=True)
"""


class Agent:
    """The sources below `folder`, a Python package named agent."""

    def __init__(self, folder: Path = PACKAGE) -> None:
        self._folder = folder

    @cached_property
    def digest(self) -> str:
        """16 hexadecimal digits that change with the sources, and not with the compression."""
        whole = hashlib.sha256()
        for path, source in sources(self._folder).items():
            whole.update(f"{path}\0{len(source)}\0".encode() + source)
        return whole.hexdigest()[:16]

    @cached_property
    def archive(self) -> bytes:
        """The archive."""
        return archive(self._folder, start=_MAIN)
