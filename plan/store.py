"""Where machines of this computer see the store: one folder for all versions, each with a manifest of its own.

An upgrade names another folder inside it, so the machines need not be started again to see the new programs.
"""

from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urlsplit

from plan.settings.artifacts import Artifacts

PLACE = PurePosixPath("/opt/quorate/store")  # in a machine


def mounted(artifacts: Artifacts, directory: Path) -> Path | None:
    """The folder of this computer that stands at `PLACE` in the machines; None where the manifest cannot be in it.

    A relative manifest counts from `directory`. With `file:///opt/quorate/store/1.36.3` as the store and
    `stores/1.36.3/manifest.json` as its manifest, that is `stores`.
    """
    if artifacts.manifest is None or artifacts.store is None:
        return None
    path = PurePosixPath(unquote(urlsplit(artifacts.store).path))
    if not path.is_relative_to(PLACE):
        return None
    inside = path.relative_to(PLACE).parts
    folder = (directory / Path(artifacts.manifest).expanduser()).parent.absolute()
    if folder.parts[len(folder.parts) - len(inside) :] != inside:
        return None
    return Path(*folder.parts[: len(folder.parts) - len(inside)]).resolve()
