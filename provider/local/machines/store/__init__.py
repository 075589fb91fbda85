"""The artifact store: what the machines install from when they have no way to a registry.

Layout: bin/ and cni/ (programs), images/ (OCI archives), manifest.json with the SHA-256 of every file.
"""

from provider.local.machines.store.build import build

__all__ = ["build"]
