"""The key that encrypts Secrets in etcd."""

import base64
import hashlib

PURPOSE = b"quorate encryption at rest, secretbox, 1\n"


def encryption_key(seed_pem: str) -> str:
    """32 bytes in base64, derived from a private key that is used only for this purpose.

    pulumi-random would be another plugin just for 32 bytes. A pulumi-tls key has enough entropy (ED25519: 256 bits), is
    secret in the state, and is the same for every node.
    """
    return base64.b64encode(hashlib.sha256(PURPOSE + seed_pem.encode()).digest()).decode()
