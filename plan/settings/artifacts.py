"""Where programs come from."""

from typing import Annotated, Literal

from pydantic import Field

from plan.settings.model import Model

# No leading slash and no component that begins with a dot: a manifest cannot point outside its store.
INSIDE = r"^[A-Za-z0-9_+@:%~-][A-Za-z0-9_.+@:%~-]*(/[A-Za-z0-9_+@:%~-][A-Za-z0-9_.+@:%~-]*)+$"


class Digest(Model):
    """One file of the store. `path` is relative to the store, `sha256` lower-case hex; `kind` is its purpose."""

    path: Annotated[str, Field(pattern=INSIDE)]
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    kind: Literal["binary", "cni", "image", "package"]

    release: str | None = None
    """Only for a package: the distribution's release, such as debian-12 (ID and VERSION_ID of os-release)."""

    name: str | None = None
    """Only for a package: its name."""

    version: str | None = None
    """Only for a package: its version."""

    needed_by: tuple[str, ...] = ()
    """Only for a package: the node's own packages that need it."""


class Repository(Model):
    """A signed repository of packages, besides those of the distribution."""

    url: str
    """https://..., http://... or file:///...; `{minor}` becomes Kubernetes' minor version, such as 1.36: its official
    repository is another one for each."""

    suite: str = "/"
    """`/` for a flat repository, such as Kubernetes'; else the suite, such as bookworm."""

    components: tuple[str, ...] = ()
    """Components of a suite, such as stable; empty for a flat repository."""

    key: str
    """The public key that signs it, as ASCII armor."""


class Artifacts(Model):
    """Every program of a node, from one source."""

    source: Literal["store", "packages"] = "packages"
    """`packages`: the distribution's and Kubernetes' signed repositories, versions pinned and held.
    `store`: a directory or URL, every file verified against the manifest before use."""

    repositories: tuple[Repository, ...] = ()
    """With `packages`: what nodes use besides their distribution's repositories; empty: the image's own. Together
    they need kubeadm, kubelet and kubectl, containerd.io of version 2 or later, etcd-server and etcd-client."""

    store: str | None = None
    """The store's location for the nodes: file:///... or https://..."""

    manifest: str | None = None
    """The manifest's path on the operator's machine, read when the plan is made."""

    digests: tuple[Digest, ...] = ()
    """Filled from the manifest."""
