"""Where programs come from."""

from typing import Annotated, Literal

from pydantic import Field

from plan.settings.model import Model


class Digest(Model):
    """One file of the store. `path` is relative to the store, `sha256` lower-case hex; `kind` says what it is for."""

    path: Annotated[str, Field(pattern=r"^[\w+@:-][\w.+@:-]*(/[\w+@:-][\w.+@:-]*)+$")]
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    kind: Literal["binary", "cni", "image"]


class Artifacts(Model):
    """`store`: a directory or URL as the nodes see it, every file verified against the manifest before use.
    `packages`: the distribution's and Kubernetes' signed repositories, versions pinned and held."""

    source: Literal["store", "packages"] = "packages"
    store: str | None = None  # file:///... or https://...
    manifest: str | None = None  # the manifest's path beside the program, read and put into the plan
    digests: tuple[Digest, ...] = ()  # filled from the manifest
