"""The path at which machines on this computer see the store: one folder for all versions, each with its own manifest.

An upgrade names another folder inside it, so the machines need no restart to see the new programs.
"""

from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urlsplit

from plan.settings.artifacts import Artifacts

PLACE = PurePosixPath("/opt/quorate/store")  # in a machine


def mounted(artifacts: Artifacts, directory: Path) -> Path | None:
    """The folder of this computer that the machines see at `PLACE`; None if the manifest cannot be in it.

    A relative manifest path is relative to `directory`. With `file:///opt/quorate/store/1.36.3` as the store and
    `stores/1.36.3/manifest.json` as its manifest, the folder is `stores`.
    """
    if artifacts.manifest is None or artifacts.store is None:
        return None
    try:
        path = PurePosixPath(unquote(urlsplit(artifacts.store).path))
        manifest = (directory / Path(artifacts.manifest).expanduser()).resolve()
    except (OSError, ValueError, RuntimeError):
        return None  # not a URL, or without a path; both are reported elsewhere
    if not path.is_relative_to(PLACE):
        return None
    inside = path.relative_to(PLACE).parts
    folder = manifest.parent
    if folder.parts[len(folder.parts) - len(inside) :] != inside:
        return None
    return Path(*folder.parts[: len(folder.parts) - len(inside)])
