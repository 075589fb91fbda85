"""The agent as it travels: the package `node` of this repository in one archive that Python can run (PEP 441)."""

import hashlib
import io
import zipfile
from functools import cached_property
from pathlib import Path

from provider.hosts.connection import ROOT

RECEIVED = "received"  # the first line of output: everything has arrived, and from now on the agent works
OLDEST = (3, 11)  # Debian 12's
OLD_PYTHON = 92  # exit status
# In words that every Python 3 understands.
_MAIN = f"""\
import runpy, sys
if sys.version_info < {OLDEST}:
    sys.exit({OLD_PYTHON})
print("{RECEIVED}", flush=True)
runpy.run_module("node", run_name="__main__", alter_sys=True)
"""
_WHEN = (1980, 1, 1, 0, 0, 0)  # the earliest that the format knows: the same sources make the same archive


class Agent:
    """Sources below `folder`, which is a Python package named node."""

    def __init__(self, folder: Path = ROOT / "node") -> None:
        self._folder = folder

    @cached_property
    def _sources(self) -> dict[str, bytes]:
        found = sorted(self._folder.rglob("*.py"))
        return {str(path.relative_to(self._folder)): path.read_bytes() for path in found}

    @cached_property
    def digest(self) -> str:
        """16 hexadecimal digits that change with the sources."""
        whole = hashlib.sha256()
        for path, source in self._sources.items():
            whole.update(f"{path}\0{len(source)}\0".encode() + source)
        return whole.hexdigest()[:16]

    @cached_property
    def archive(self) -> bytes:
        """The archive."""
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(zipfile.ZipInfo("__main__.py", _WHEN), _MAIN)
            for path, source in self._sources.items():
                member = zipfile.ZipInfo(f"node/{path}", _WHEN)
                member.compress_type = zipfile.ZIP_DEFLATED
                archive.writestr(member, source)
        return buffer.getvalue()
