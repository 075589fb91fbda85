"""Signed repositories in the layout of the official ones, made of the built programs, and a plain machine's root."""

import gzip
import hashlib
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

ARMOR = "-----BEGIN PGP PUBLIC KEY BLOCK-----"


class Signer:
    """A key of its own in `folder`."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(mode=0o700)
        self._gpg = ["gpg", "--homedir", str(folder), "--batch", "--yes", "--quiet"]
        words = ("--passphrase", "", "--quick-generate-key", "packages@example.com", "ed25519", "sign")
        subprocess.run([*self._gpg, *words], check=True, capture_output=True)
        armor = [*self._gpg, "--export", "--armor"]
        self.key = subprocess.run(armor, check=True, capture_output=True, text=True).stdout

    def sign(self, release: Path) -> None:
        """Make InRelease beside Release."""
        target = release.with_name("InRelease")
        words = ["--output", str(target), "--clear-sign", str(release)]
        subprocess.run([*self._gpg, *words], check=True, capture_output=True)


def package(
    folder: Path, name: str, version: str, files: Mapping[str, Path] | None = None, fields: Sequence[str] = ()
) -> Path:
    """A .deb file; `files` maps places in it to what is there. Without any it is an empty package of that version."""
    root = folder / f".{name}_{version}"
    for place, source in (files or {}).items():
        target = root / place
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)
        target.chmod(0o755)
    control = root / "DEBIAN/control"
    control.parent.mkdir(parents=True)
    lines = [f"Package: {name}", f"Version: {version}", "Architecture: amd64", *fields]
    control.write_text("\n".join([*lines, "Maintainer: tests <tests@example.com>", f"Description: {name}", ""]))
    file = folder / f"{name}_{version}_amd64.deb"
    subprocess.run(
        ["dpkg-deb", "-Znone", "--root-owner-group", "--build", str(root), str(file)], check=True, capture_output=True
    )
    shutil.rmtree(root)
    return file


def flat(folder: Path, signer: Signer) -> None:
    """Index the .deb files of a folder as a flat repository."""
    _release(folder, {"Packages": _index(folder, folder)}, signer, suite="")


def suites(folder: Path, signer: Signer, *, suite: str, component: str) -> None:
    """Index the .deb files below pool/ as a repository with one suite and component."""
    place = f"{component}/binary-amd64/Packages"
    _release(folder / "dists" / suite, {place: _index(folder, folder / "pool")}, signer, suite=suite)


def _index(root: Path, debs: Path) -> bytes:
    entries = []
    for deb in sorted(debs.rglob("*.deb")):
        fields = subprocess.run(["dpkg-deb", "--field", deb], check=True, capture_output=True, text=True).stdout
        digest = hashlib.sha256(deb.read_bytes()).hexdigest()
        entries.append(
            f"{fields.strip()}\nFilename: {deb.relative_to(root)}\nSize: {deb.stat().st_size}\nSHA256: {digest}\n"
        )
    return "\n".join(entries).encode()


def _release(folder: Path, indexes: Mapping[str, bytes], signer: Signer, *, suite: str) -> None:
    listed = []
    for place, plain in indexes.items():
        for name, content in ((place, plain), (f"{place}.gz", gzip.compress(plain))):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(content)
            listed.append(f" {hashlib.sha256(content).hexdigest()} {len(content)} {name}")
    head = ["Origin: tests", f"Suite: {suite}", f"Codename: {suite}"] if suite else ["Origin: tests"]
    lines = [*head, "Date: Mon, 30 Nov 2026 00:00:00 UTC", "Architectures: amd64", "SHA256:", *listed, ""]
    (folder / "Release").write_text("\n".join(lines))
    signer.sign(folder / "Release")
