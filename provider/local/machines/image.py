"""The image: a Debian root built once from packages and shared read-only by the disks of all machines."""

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

from provider.local.machines.command import output
from provider.local.machines.folder import remove
from provider.local.machines.lock import locked
from provider.local.machines.place import cache
from provider.local.machines.recipe import CHOSEN, MACHINES, Recipe
from provider.local.machines.requirement import check, program
from provider.local.machines.unable import Unable

Progress = Callable[[str], None]


def path(recipe: Recipe = MACHINES) -> Path:
    """The path of the recipe's image, which may not exist yet. For machines, the environment may name another root."""
    if recipe is MACHINES and CHOSEN.startswith("/"):
        return Path(CHOSEN)
    return cache() / "images" / recipe.digest / "root"


def ensure(progress: Progress, recipe: Recipe = MACHINES) -> Path:
    """The image's root folder; built in about a minute if it does not exist. Raises `Unable`."""
    root = path(recipe)
    if root.is_dir():
        return root
    check("debootstrap", "unshare", "chroot")
    images = root.parent.parent
    images.mkdir(parents=True, exist_ok=True)
    with locked(images / ".lock"):
        if not root.is_dir():
            _build(root.parent, recipe, progress)
    return root


def _build(image: Path, recipe: Recipe, progress: Progress) -> None:
    building = image.with_name(f"{image.name}.building")
    if building.exists():
        progress("image: an interrupted build is removed")
        remove(building)
    building.mkdir()
    root = building / "root"
    _debootstrap(root, recipe, progress)
    progress("image: services are set up")
    _furnish(root, recipe)
    building.rename(image)
    progress(f"image: ready in {image}")


def _debootstrap(root: Path, recipe: Recipe, progress: Progress) -> None:
    # debootstrap mounts /proc and /sys below the root. In its own namespaces, so mounts and processes end with it.
    own = ("--mount", "--propagation", "private", "--pid", "--fork", "--kill-child", "--mount-proc")
    include = ",".join(recipe.packages)
    argv = [program("debootstrap"), "--variant=minbase", f"--include={include}", recipe.suite, str(root)]
    last: list[str] = []
    with subprocess.Popen(
        [program("unshare"), *own, *argv],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        umask=0o022,
        text=True,
    ) as making:
        for line in _lines(making):
            last = [*last[-14:], line]
            stage = _stage(line)
            if stage:
                progress(f"image: {stage}")
    if making.returncode != 0:
        raise Unable(
            f"debootstrap makes a Debian {recipe.suite} root",
            got="\n".join(["its last lines were", *last]),
            why="machines boot from it",
            fix="check that packages can be downloaded (debootstrap honours http_proxy) and that the disk is not full",
        )


def _lines(making: subprocess.Popen[str]) -> Iterator[str]:
    if making.stdout is not None:
        yield from (line.rstrip() for line in making.stdout)


def _stage(line: str) -> str | None:
    stages = {
        "I: Retrieving InRelease": "package lists",
        "I: Checking component": "packages are downloaded",
        "I: Chosen extractor": "base packages are unpacked",
        "I: Unpacking the base system": "packages are unpacked",
        "I: Configuring the base system": "packages are configured",
    }
    return next((stage for start, stage in stages.items() if line.startswith(start)), None)


def _furnish(root: Path, recipe: Recipe) -> None:
    for pattern in recipe.unwanted:
        for unwanted in root.glob(pattern):
            unwanted.unlink()
    for name in recipe.folders:
        (root / name).mkdir(parents=True, exist_ok=True)
        (root / name).chmod(0o755)
    for name, text in recipe.files.items():
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.unlink(missing_ok=True)
        file.write_text(text, encoding="utf-8")
        file.chmod(0o755 if text.startswith("#!") else 0o644)
    for name, old, new in recipe.edits:
        text = (root / name).read_text(encoding="utf-8")
        if old not in text:
            raise Unable(
                f"/{name} of the image contains {old!r}",
                got="another version of the package",
                why="the recipe replaces it",
                fix="check what the package does now, and change the recipe",
            )
        (root / name).write_text(text.replace(old, new), encoding="utf-8")
    output(
        ["chroot", str(root), "systemctl", "preset-all"],
        why="only chosen services start",
        fix="remove the image and try again",
    )
    if (root / "root" / ".ssh").is_dir():
        (root / "root" / ".ssh").chmod(0o700)
