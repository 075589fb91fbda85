"""The artifact store, from which machines without access to a registry install programs.

Layout: bin/ and cni/ (programs), images/ (OCI archives), packages/RELEASE/ (the distribution's), and manifest.json with
the SHA-256 of every file. `python -m workbench.store` builds one.
"""

from provider.local.machines.store.build import build
from provider.local.machines.store.content import PackageFile

__all__ = ["PackageFile", "build"]
