"""Encryption at rest: the API server's provider list (requirements CP-05).

The text holds the key, so it is secret and made where the key is known. It must be the same on all nodes: an API server
that lacks a key cannot read what the others wrote.
"""

import base64
import binascii
import hashlib
from collections.abc import Sequence
from typing import Literal

from documents.yaml_text import Data, yaml_text

RESOURCES = ("secrets", "configmaps")
KEY_BYTES = 32  # XSalsa20-Poly1305


def configuration(
    *,
    keys: Sequence[str],
    encryption: Literal["secretbox", "none"] = "secretbox",
) -> str:
    """EncryptionConfiguration. The first provider writes, all of them read.

    `keys` are base64 of 32 bytes; ValueError otherwise (without the text). The first of them writes. A rotation first
    brings the new key to every node as one that reads, then makes it the one that writes, then rewrites all objects,
    then drops the old one (`plan.certificates.rotation`); the API server reloads the file each time.

    With `encryption="none"` the keys still read what was written under them, so that switching encryption off never
    makes an object unreadable. `identity` comes last for objects that were written before there was a key.
    """
    identity: dict[str, Data] = {"identity": {}}
    secretbox: list[Data] = [{"secretbox": {"keys": [_entry(k) for k in keys]}}] if keys else []
    providers = [*secretbox, identity] if encryption == "secretbox" else [identity, *secretbox]
    return yaml_text(
        {
            "apiVersion": "apiserver.config.k8s.io/v1",
            "kind": "EncryptionConfiguration",
            "resources": [{"resources": list(RESOURCES), "providers": providers}],
        }
    )


def outline(encryption: Literal["secretbox", "none"]) -> list[Data]:
    """What `configuration` will contain, without keys: known before there is one, so that a preview can be judged."""
    identity: Data = {"identity": {}}
    secretbox: Data = {"secretbox": {}}
    providers = [secretbox, identity] if encryption == "secretbox" else [identity, secretbox]
    return [{"resources": list(RESOURCES), "providers": providers}]


def key_name(key: str) -> str:
    """Name of a key, stored in clear before each object: of its hash, so that a new key never takes an old one's name.

    Eight hex digits of a SHA-256 of 32 random bytes reveal nothing about them.
    """
    return f"key-{hashlib.sha256(_decoded(key)).hexdigest()[:8]}"


def _entry(key: str) -> dict[str, Data]:
    return {"name": key_name(key), "secret": key}


def _decoded(key: str) -> bytes:
    try:
        decoded = base64.b64decode(key, validate=True)
    except (binascii.Error, ValueError):
        raise ValueError("the encryption key is not base64; it must be base64 of 32 random bytes") from None
    if len(decoded) != KEY_BYTES:
        raise ValueError(f"the encryption key has {len(decoded)} bytes; secretbox takes exactly {KEY_BYTES}")
    return decoded
