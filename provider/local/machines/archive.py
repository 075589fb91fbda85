"""OCI archives (image layout specification 1.0) of one static program each, the same bytes for the same files.

`ctr images import` reads them. Nothing in them depends on the time, the user or the folder of the build.
"""

import hashlib
import json
import shutil
import tarfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from provider.local.machines.executable import architecture

_LAYER = "application/vnd.oci.image.layer.v1.tar"
_CONFIG = "application/vnd.oci.image.config.v1+json"
_MANIFEST = "application/vnd.oci.image.manifest.v1+json"


class Sink(Protocol):
    """A destination for bytes."""

    def write(self, data: bytes, /) -> int:
        """Write all bytes."""


@dataclass(frozen=True, kw_only=True)
class Image:
    """One image. `reference` is its full name with tag; `inside` the program's absolute path in it.

    `beside`: additional files by absolute path, which the program calls.
    """

    reference: str
    program: Path
    inside: str
    entrypoint: bool = False  # kubeadm's manifests set the command; a pod's sandbox runs the image's command
    beside: Mapping[str, Path] = field(default_factory=dict)


def write(image: Image, into: Sink) -> None:
    """Write the archive."""
    measure = _Measure()
    _write_layer(image, measure)
    layer = {"mediaType": _LAYER, "digest": f"sha256:{measure.digest}", "size": measure.size}
    config = _json(
        {
            "architecture": architecture(image.program),
            "os": "linux",
            "config": {
                "Env": ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"],
                **({"Entrypoint": [image.inside]} if image.entrypoint else {}),
            },
            "rootfs": {"type": "layers", "diff_ids": [layer["digest"]]},
        }
    )
    manifest = _json(
        {"schemaVersion": 2, "mediaType": _MANIFEST, "config": _described(_CONFIG, config), "layers": [layer]}
    )
    names = {
        "io.containerd.image.name": image.reference,
        "org.opencontainers.image.ref.name": image.reference.rpartition(":")[2],
    }
    index = _json({"schemaVersion": 2, "manifests": [{**_described(_MANIFEST, manifest), "annotations": names}]})
    for name, data in (
        ("oci-layout", _json({"imageLayoutVersion": "1.0.0"})),
        ("index.json", index),
        (_blob(manifest), manifest),
        (_blob(config), config),
    ):
        _begin(into, name, size=len(data))
        into.write(data)
        _pad(into, len(data))
    # The layer is built twice rather than kept in memory: an API server has 100 MB.
    _begin(into, f"blobs/sha256/{measure.digest}", size=measure.size)
    _write_layer(image, into)
    _pad(into, measure.size)
    _end(into)


def _write_layer(image: Image, into: Sink) -> None:
    files = {image.inside: image.program, **image.beside}
    folders = {str(parent).lstrip("/") for path in files for parent in Path(path).parents} - {""}
    for folder in sorted(folders):
        _begin(into, folder, kind=tarfile.DIRTYPE, mode=0o755)
    _begin(into, "tmp", kind=tarfile.DIRTYPE, mode=0o1777)
    for inside, source in sorted(files.items()):
        size = source.stat().st_size
        _begin(into, inside.lstrip("/"), size=size, mode=0o755)
        with source.open("rb") as content:
            shutil.copyfileobj(content, into, 2**20)
        _pad(into, size)
    _end(into)


class _Measure:
    """Counts bytes and calculates their SHA-256, without keeping them."""

    def __init__(self) -> None:
        self._hash = hashlib.sha256()
        self.size = 0

    def write(self, data: bytes, /) -> int:
        self._hash.update(data)
        self.size += len(data)
        return len(data)

    @property
    def digest(self) -> str:
        return self._hash.hexdigest()


def _begin(into: Sink, name: str, *, size: int = 0, mode: int = 0o644, kind: bytes = tarfile.REGTYPE) -> None:
    entry = tarfile.TarInfo(name)  # its time, owner and group are 0
    entry.size, entry.mode, entry.type = size, mode, kind
    into.write(entry.tobuf(tarfile.USTAR_FORMAT))


def _pad(into: Sink, size: int) -> None:
    into.write(bytes(-size % tarfile.BLOCKSIZE))


def _end(into: Sink) -> None:
    into.write(bytes(2 * tarfile.BLOCKSIZE))


def _json(value: object) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode()


def _described(kind: str, data: bytes) -> dict[str, object]:
    return {"mediaType": kind, "digest": f"sha256:{hashlib.sha256(data).hexdigest()}", "size": len(data)}


def _blob(data: bytes) -> str:
    return f"blobs/sha256/{hashlib.sha256(data).hexdigest()}"
