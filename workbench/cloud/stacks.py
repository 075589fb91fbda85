"""A stack of the emulated cloud: the committed settings with this clone's own encryption salt."""

from collections.abc import Callable
from pathlib import Path

from workbench.cloud import artifacts
from workbench.cloud.folder import PROJECT

ADD_ONS = "quorate:addons"
# If instances exist as records only, there is no API for add-ons.
NO_ADD_ONS = f"  {ADD_ONS}:\n    enabled: false\n"
OWN = ("encryptionsalt", "secretsprovider", "encryptedkey")  # keys that belong to a backend, not to an environment
DEFINITION = "name: {name}\nruntime: python\n"


class NotEmulated(Exception):
    """The stack cannot be used on the emulated cloud."""


def settings(stack: str, *, committed: Path, folder: Path, create: Callable[[Path], None]) -> Path:
    """The file for the CLI's --config-file; the committed one is never written.

    What operations changed in it, such as a version, stays until the committed file changes. `committed` is the
    project's folder and `folder` the session's; `create` creates the stack, from a project's folder, if it does not
    exist. Raises `NotEmulated`.
    """
    source = committed / f"Pulumi.{stack}.yaml"
    text = source.read_text(encoding="utf-8") if source.exists() else ""
    if "preset: local" in text or not text:
        message = f"EMULATE=1 is for an environment on AWS, such as STACK=dev, and not for {stack!r}"
        raise NotEmulated(message)
    if "secure:" in text:
        message = f"{source.name} holds encrypted settings, which only its own backend can read"
        raise NotEmulated(message)
    name = (committed / "Pulumi.yaml").read_text(encoding="utf-8").split("name:", 1)[1].split()[0]
    project = folder / PROJECT
    project.mkdir(mode=0o700, parents=True, exist_ok=True)
    (project / "Pulumi.yaml").write_text(DEFINITION.format(name=name), encoding="utf-8")
    create(project)
    target, derived = project / source.name, project / f"{source.name}.derived"
    wanted = "".join(_without_environments(_lines(text, wanted=False))) + _added(text, folder / artifacts.MANIFEST)
    if derived.exists() and derived.read_text(encoding="utf-8") == wanted:
        return target
    own = _lines(target.read_text(encoding="utf-8") if target.exists() else "", wanted=True)
    target.write_text("".join(own) + wanted, encoding="utf-8")
    derived.write_text(wanted, encoding="utf-8")
    return target


def _added(text: str, manifest: Path) -> str:
    """Settings that the emulated cloud needs in addition to the committed ones.

    Only a cloud that boots has a manifest.
    """
    if manifest.exists():
        # It cannot download anything: programs come from its own bucket.
        return artifacts.settings(manifest) if artifacts.SETTINGS not in text else ""
    return NO_ADD_ONS if ADD_ONS not in text else ""


def _without_environments(lines: list[str]) -> list[str]:
    """Without imports from Pulumi ESC, because only Pulumi Cloud resolves them, and the emulated state is in files."""
    kept, inside = [], False
    for line in lines:
        if line[:1] not in " -#\n":
            inside = line.startswith("environment:")
        if not inside:
            kept.append(line)
    return kept


def _lines(text: str, *, wanted: bool) -> list[str]:
    return [line for line in text.splitlines(keepends=True) if line.startswith(OWN) is wanted]
