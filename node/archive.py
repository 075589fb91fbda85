"""The agent as one file: a zip application of this package, byte for byte the same for the same sources."""

import hashlib
import io
import zipfile
from pathlib import Path

PACKAGE = Path(__file__).parent
_START = "import sys\n\nfrom node.__main__ import main\n\nsys.exit(main())\n"
_EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest date that a zip archive can hold


def archive() -> bytes:
    """What `python3 agent.pyz apply ...` runs on a machine; it needs Python 3.11 and nothing else."""
    sources = {f"node/{p.relative_to(PACKAGE).as_posix()}": p.read_text() for p in sorted(PACKAGE.rglob("*.py"))}
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as target:
        for name, text in {"__main__.py": _START, **sources}.items():
            target.writestr(zipfile.ZipInfo(name, date_time=_EPOCH), text, compress_type=zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def digest() -> str:
    """SHA-256 of the archive in lower-case hex: it changes exactly when the agent does."""
    return hashlib.sha256(archive()).hexdigest()
