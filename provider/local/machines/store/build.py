"""Builds the store in place, because running machines see the folder: files are replaced one by one, manifest last."""

import hashlib
import os
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import BinaryIO

from provider.local.machines import archive, record
from provider.local.machines.archive import Image
from provider.local.machines.loading import closure
from provider.local.machines.lock import locked
from provider.local.machines.store.content import PackageFile, Part, parts, references
from provider.local.machines.unable import Unable

FORMAT = 2  # increase it if the same programs result in different files
_KEPT = ".made-of.json"
_CHUNK = 2**20
_ALL_MAY_RUN = 0o111

FOLDERS = ("bin", "cni", "images", "packages")

Mark = list[int]  # size in bytes, modification time in ns, inode: values that change when a file is written again


def build(
    programs: Path,
    into: Path,
    root: Path,
    progress: Callable[[str], None] = lambda _: None,
    *,
    packages: Sequence[PackageFile] = (),
    kubeadm: Path | None = None,
) -> bool:
    """Bring the store up to date; returns False if it already was, which is checked in milliseconds.

    `root`: a file system for the nodes' architecture, with the programs that containers call. `kubeadm`: the same
    version for this computer, if the programs are for another processor; it names the images. Raises `Unable` when
    programs are missing or the disk is full.
    """
    wanted = parts(programs, root, packages)
    into.mkdir(parents=True, exist_ok=True)
    with locked(into / ".lock"):
        kept = record.read(into / _KEPT)
        if kept == _made_of(wanted, into):
            return False
        progress("store: building")
        try:
            names = references(kubeadm or programs / "bin" / "kubeadm")
            _build(wanted, names, into, _digests(kept, wanted, into), root)
        except OSError as reason:
            raise Unable(
                f"the store is written to {into}",
                got=str(reason),
                why="machines install from it",
                fix="free about 800 MB on that file system",
            ) from reason
        record.write(into / _KEPT, _made_of(wanted, into))
    progress(f"store: ready in {into}")
    return True


def _build(wanted: tuple[Part, ...], names: dict[str, str], into: Path, known: dict[str, str], root: Path) -> None:
    files = []
    for part in wanted:
        digest = known.get(part.path) or _make(part, names, into / part.path, root)
        files.append({"path": part.path, "sha256": digest, "kind": part.kind, **_package(part)})
    record.write(into / "manifest.json", {"files": files})
    listed = {part.path for part in wanted}
    for file in sorted(into.glob("*/**/*")):
        if file.is_file() and str(file.relative_to(into)) not in listed and file.relative_to(into).parts[0] in FOLDERS:
            file.unlink()


def _make(part: Part, names: dict[str, str], target: Path, root: Path) -> str:
    target.parent.mkdir(parents=True, exist_ok=True)
    new = target.with_name(f".{target.name}.new")
    new.unlink(missing_ok=True)
    if part.kind == "image":
        inside = "/pause" if part.name == "pause" else f"/usr/local/bin/{part.name}"
        image = Image(
            reference=names[part.name],
            program=part.program,
            inside=inside,
            entrypoint=not part.name.startswith("kube-"),
            beside=closure(root, f"/{part.called.relative_to(root)}") if part.called else {},
        )
        with new.open("wb") as file:
            archive.write(image, file)
    else:
        _link(part.program, new, runs=part.kind != "package")
    with new.open("rb") as file:
        digest = _sha256(file)
    new.replace(target)
    return digest


def _package(part: Part) -> dict[str, object]:
    """The fields of a package in the manifest, besides its file."""
    if (package := part.package) is None:
        return {}
    facts = {"release": package.release, "name": package.name, "version": package.version}
    return {**facts, "neededBy": list(package.needed_by)}


def _link(program: Path, new: Path, *, runs: bool) -> None:
    source = program.resolve()
    usable = not runs or source.stat().st_mode & _ALL_MAY_RUN == _ALL_MAY_RUN
    if usable and source.stat().st_dev == new.parent.stat().st_dev:
        os.link(source, new)
    else:
        shutil.copyfile(source, new)
        new.chmod(0o755 if runs else 0o644)


def _digests(kept: dict[str, object] | None, wanted: tuple[Part, ...], into: Path) -> dict[str, str]:
    """The digests of files that are unchanged since they were built."""
    now = _made_of(wanted, into)
    manifest = record.read(into / "manifest.json")
    if kept is None or manifest is None or kept.get("format") != now["format"] or kept.get("kubeadm") != now["kubeadm"]:
        return {}
    before, after, files = kept.get("parts"), now["parts"], manifest.get("files")
    if not isinstance(before, dict) or not isinstance(after, dict) or not isinstance(files, list):
        return {}
    return {file["path"]: file["sha256"] for file in files if before.get(file["path"]) == after.get(file["path"])}


def _made_of(wanted: tuple[Part, ...], into: Path) -> dict[str, object]:
    return {
        "format": FORMAT,
        # kubeadm names the images.
        "kubeadm": next((_mark(part.program) for part in wanted if part.name == "kubeadm"), None),
        "manifest": _mark(into / "manifest.json"),
        "parts": {
            part.path: [
                _mark(part.program),
                *([_mark(part.called)] if part.called else []),
                _mark(into / part.path),
            ]
            for part in wanted
        },
    }


def _mark(path: Path) -> Mark | None:
    try:
        stat = path.stat()
    except FileNotFoundError:
        return None
    return [stat.st_size, stat.st_mtime_ns, stat.st_ino]


def _sha256(file: BinaryIO) -> str:
    digest = hashlib.sha256()
    while chunk := file.read(_CHUNK):
        digest.update(chunk)
    return digest.hexdigest()
