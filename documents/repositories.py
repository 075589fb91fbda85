"""Repositories of packages that a node uses besides its distribution's own (requirements BOOT-05, OPS-16)."""

from documents.file import File
from plan.settings import Settings

PLACE = "/etc/apt/sources.list.d/quorate.sources"


def files(settings: Settings) -> tuple[File, ...]:
    """One file for all of them, in deb822 style with each key inside (sources.list(5)); none without repositories."""
    artifacts = settings.artifacts
    if artifacts.source != "packages" or not artifacts.repositories:
        return ()
    minor = ".".join(settings.control_plane.kubernetes_version.split(".")[:2])
    entries = [
        "Types: deb\n"
        f"URIs: {repository.url.replace('{minor}', minor)}\n"
        f"Suites: {repository.suite}\n"
        + (f"Components: {' '.join(repository.components)}\n" if repository.components else "")
        + f"Signed-By:\n{_indented(repository.key)}"
        for repository in artifacts.repositories
    ]
    return (File(path=PLACE, content="\n".join(entries), step="system"),)


def _indented(key: str) -> str:
    """A multi-line field: every line is indented, and an empty line is a dot."""
    return "".join(f" {line.strip() or '.'}\n" for line in key.strip().splitlines())
