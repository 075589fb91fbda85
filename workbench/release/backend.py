"""The build backend (PEP 517): a wheel and a source distribution, the same bytes for the same sources."""

import base64
import gzip
import hashlib
import io
import tarfile
import tomllib
import zipfile
from collections.abc import Mapping
from pathlib import Path

from workbench.release.contents import ROOT, source_files, wheel_files

EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest date that a zip archive can hold
Options = Mapping[str, object] | None


def build_wheel(
    wheel_directory: str,
    config_settings: Options = None,  # noqa: ARG001 -- PEP 517
    metadata_directory: str | None = None,  # noqa: ARG001 -- PEP 517
) -> str:
    """Write the wheel; returns its file name."""
    project = _project()
    stem = f"{project['name']}-{project['version']}"
    name = f"{stem}-py3-none-any.whl"
    information = f"{stem}.dist-info"
    files = {
        **wheel_files(),
        f"{information}/METADATA": _metadata(project).encode(),
        f"{information}/WHEEL": b"Wheel-Version: 1.0\nGenerator: quorate\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{information}/entry_points.txt": _entry_points(project).encode(),
    }
    record = [f"{path},{_digest(content)},{len(content)}" for path, content in files.items()]
    files[f"{information}/RECORD"] = "\n".join([*record, f"{information}/RECORD,,", ""]).encode()
    with zipfile.ZipFile(Path(wheel_directory) / name, "w", zipfile.ZIP_DEFLATED) as wheel:
        for path, content in files.items():
            wheel.writestr(zipfile.ZipInfo(path, date_time=EPOCH), content, compress_type=zipfile.ZIP_DEFLATED)
    return name


def build_sdist(sdist_directory: str, config_settings: Options = None) -> str:  # noqa: ARG001 -- PEP 517
    """Write the source distribution, from which the same wheel can be built; returns its file name."""
    project = _project()
    stem = f"{project['name']}-{project['version']}"
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT) as archive:
        files = {"PKG-INFO": _metadata(project).encode(), **source_files()}
        for path, content in files.items():
            entry = tarfile.TarInfo(f"{stem}/{path}")
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    target = Path(sdist_directory) / f"{stem}.tar.gz"
    target.write_bytes(gzip.compress(buffer.getvalue(), mtime=0))
    return target.name


def _project() -> Mapping[str, object]:
    found: Mapping[str, object] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return found


def _metadata(project: Mapping[str, object]) -> str:
    needs = project["dependencies"]
    lines = [
        "Metadata-Version: 2.1",
        f"Name: {project['name']}",
        f"Version: {project['version']}",
        f"Summary: {project['description']}",
        f"Requires-Python: {project['requires-python']}",
        *(f"Requires-Dist: {one}" for one in (needs if isinstance(needs, list) else [])),
        "Description-Content-Type: text/markdown",
    ]
    return "\n".join([*lines, "", (ROOT / "README.md").read_text(encoding="utf-8")])


def _entry_points(project: Mapping[str, object]) -> str:
    scripts = project["scripts"]
    lines = [f"{name} = {place}" for name, place in (scripts.items() if isinstance(scripts, dict) else ())]
    return "\n".join(["[console_scripts]", *lines, ""])


def _digest(content: bytes) -> str:
    return "sha256=" + base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
