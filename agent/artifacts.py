"""The artifact store: a directory or a web address; every file in it has a known SHA-256."""

import hashlib
import http.client
import os
import threading
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO
from urllib.parse import unquote, urlsplit

from agent.model.failure import Failed
from agent.model.programs import Artifact
from agent.system import proxy
from agent.system.files import digest, make_directory, sync_directory
from agent.system.host import Host

if TYPE_CHECKING:
    from urllib.request import Request

CHUNK = 1 << 20
ATTEMPTS = 4


def stamp(path: Path) -> str:
    """Values that change with a file's content: inode, size, time of change in ns."""
    status = path.stat()
    return f"{status.st_ino}:{status.st_size}:{status.st_ctime_ns}"


class Store:
    """`url` is file:///directory, http(s)://host/path or, on an AWS instance, s3://bucket/path."""

    def __init__(self, url: str, host: Host) -> None:
        self._url = url.rstrip("/")
        self._host = host

    def matches(self, place: Path, artifact: Artifact) -> bool:
        """Whether a file has the artifact's content."""
        return digest(place) == artifact.sha256

    def local(self, artifact: Artifact) -> Path:
        """A verified local file with the artifact's content: in the store itself, or fetched. Raises Failed."""
        if directory := self._directory():
            path = directory / artifact.path
            self._check(artifact, digest(path), where=str(path))
            return path
        fetched = self._host.state(f"store/{artifact.sha256}")
        if not fetched.exists():
            self.fetch(artifact, fetched, mode=0o600)
        return fetched

    def fetch(self, artifact: Artifact, place: Path, *, mode: int) -> None:
        """Write the artifact to a path, atomically and only if its content has the announced digest. Raises Failed.

        An interrupted download resumes where it stopped.
        """
        make_directory(place.parent)
        draft = place.with_name(f".{place.name}.{artifact.sha256[:12]}.part")
        for attempt in range(1, ATTEMPTS + 1):
            try:
                found = self._copy(artifact, draft)
                break
            except (OSError, http.client.HTTPException) as error:
                if self._directory() is not None or attempt == ATTEMPTS:
                    hint = "" if self._directory() is not None else f"; {proxy.advice()}"
                    raise Failed(f"{artifact.path} cannot be read from the store {self._url}: {error}{hint}") from error
                threading.Event().wait(attempt)
        try:
            self._check(artifact, found, where=f"{self._url}/{artifact.path}")
        except Failed:
            draft.unlink(missing_ok=True)
            raise
        draft.chmod(mode)
        draft.replace(place)
        sync_directory(place.parent)

    def _directory(self) -> Path | None:
        parts = urlsplit(self._url)
        return self._host.path(unquote(parts.path)) if parts.scheme == "file" else None

    def _check(self, artifact: Artifact, found: str | None, *, where: str) -> None:
        if found is None:
            raise Failed(f"{artifact.path} is not in the store: {where} does not exist")
        if found != artifact.sha256:
            raise Failed(
                f"{artifact.path} does not have the announced content: wanted SHA-256 {artifact.sha256}, "
                f"found {found} in {where}; it was not installed. Fix the store or the manifest"
            )

    def _copy(self, artifact: Artifact, draft: Path) -> str:
        if directory := self._directory():
            with (directory / artifact.path).open("rb") as source, draft.open("wb") as target:
                return _drain(source, target)
        # urllib takes a tenth of a second to load, which every agent would wait for
        from agent.system.download import download  # noqa: PLC0415

        download(self._source(artifact), draft)
        return digest(draft) or ""

    def _source(self, artifact: Artifact) -> "str | Request":
        parts = urlsplit(self._url)
        if parts.scheme != "s3":
            return f"{self._url}/{artifact.path}"
        from agent.aws.client import Call  # noqa: PLC0415  only instances have use for it
        from agent.aws.place import place  # noqa: PLC0415

        path = "/".join((parts.path, artifact.path))
        return place(self._host).signed(Call(service="s3", bucket=parts.netloc, path=path))


def _drain(source: BinaryIO, target: BinaryIO) -> str:
    hashed = hashlib.sha256()
    while chunk := source.read(CHUNK):
        hashed.update(chunk)
        target.write(chunk)
    target.flush()
    os.fsync(target.fileno())
    return hashed.hexdigest()
