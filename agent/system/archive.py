"""The agent as one file: a zip application of this package, byte for byte the same for the same sources."""

import hashlib
import io
import zipfile
from pathlib import Path

_OWN = Path(__file__).parents[1]
# A wheel installs this package under another name, and beside it the sources as machines run them.
_SHIPPED = _OWN / "shipped"
PACKAGE = _SHIPPED if _SHIPPED.is_dir() else _OWN  # inside an archive neither is a folder
_START = "import sys\n\nfrom agent.__main__ import main\n\nsys.exit(main())\n"
_EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest date that a zip archive can hold


def archive(package: Path = PACKAGE, *, start: str = _START) -> bytes:
    """What `python3 agent.pyz apply ...` runs on a machine; it needs Python 3.11 and nothing else.

    `package`: the folder of the agent's sources, `start`: the text of what Python runs first (PEP 441).
    """
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as target:
        for name, source in {"__main__.py": start.encode(), **sources(package)}.items():
            target.writestr(zipfile.ZipInfo(name, date_time=_EPOCH), source, compress_type=zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def sources(package: Path = PACKAGE) -> dict[str, bytes]:
    """Every module by its path inside the archive, in the order of the paths."""
    return {
        f"agent/{path.relative_to(package).as_posix()}": path.read_bytes() for path in sorted(package.rglob("*.py"))
    }


def digest() -> str:
    """SHA-256 of the archive in lower-case hex: it changes if, and only if, the agent does."""
    return hashlib.sha256(archive()).hexdigest()
