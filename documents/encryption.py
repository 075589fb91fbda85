"""Encryption at rest: the API server's provider list (requirements CP-05).

The text contains the key, so it is a secret and is rendered where the key is known. It must be the same on all nodes:
an API server that lacks a key cannot read what the others wrote.
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
    adds the new key on every node for reading, then makes it the one that writes, then rewrites all objects, and
    finally removes the old key (`plan.certificates.rotation`); the API server reloads the file each time.

    With `encryption="none"` the keys can still read existing objects, so switching encryption off never makes an object
    unreadable. `identity` comes last for objects that were written before there was a key.
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
    """The structure of `configuration` without keys.

    It is known before the keys are, so policies can judge a preview.
    """
    identity: Data = {"identity": {}}
    secretbox: Data = {"secretbox": {}}
    providers = [secretbox, identity] if encryption == "secretbox" else [identity, secretbox]
    return [{"resources": list(RESOURCES), "providers": providers}]


def key_name(key: str) -> str:
    """Name of a key, stored unencrypted before each object.

    It is derived from the key's hash, so a new key never has an old one's name. Eight hex digits of a SHA-256 of 32
    random bytes reveal nothing about them.
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
        raise ValueError(f"the encryption key has {len(decoded)} bytes; secretbox needs exactly {KEY_BYTES}")
    return decoded
