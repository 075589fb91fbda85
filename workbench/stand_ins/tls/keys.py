"""Private keys: making, reading, writing, and the digest for each kind."""

import base64
import hashlib
from collections.abc import Callable
from typing import TypeAlias

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_ssh_private_key,
)

from provider.protocol.values import Properties
from workbench.stand_ins.tls.typed import number, text

Key: TypeAlias = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey

CURVES: dict[str, Callable[[], ec.EllipticCurve]] = {
    "P224": ec.SECP224R1,
    "P256": ec.SECP256R1,
    "P384": ec.SECP384R1,
    "P521": ec.SECP521R1,
}
ALGORITHMS = ("RSA", "ECDSA", "ED25519")
_EXPONENT = 65537  # the only one that FIPS 186-5 and every client accept


def load(pem: str) -> Key:
    """A key from PEM (PKCS#1, SEC 1, PKCS#8) or OpenSSH text. Raises ValueError or TypeError without the text."""
    read = load_ssh_private_key if "BEGIN OPENSSH" in pem else load_pem_private_key
    key = read(pem.encode(), None)
    if not isinstance(key, Key):
        message = f"{type(key).__name__} is not one of {', '.join(ALGORITHMS)}"
        raise ValueError(message)  # noqa: TRY004 -- the text is wrong, not a type in a program
    return key


def algorithm(key: Key) -> str:
    """Name of the key's algorithm, as in inputs and outputs."""
    if isinstance(key, rsa.RSAPrivateKey):
        return "RSA"
    return "ECDSA" if isinstance(key, ec.EllipticCurvePrivateKey) else "ED25519"


Digest: TypeAlias = hashes.SHA256 | hashes.SHA384 | hashes.SHA512


def digest(key: Key) -> Digest | None:
    """The digest to sign with, as Go's crypto/x509 chooses: the curve's own strength; Ed25519 has its own."""
    if isinstance(key, ed25519.Ed25519PrivateKey):
        return None
    strengths: dict[str, Digest] = {"secp384r1": hashes.SHA384(), "secp521r1": hashes.SHA512()}
    return (
        strengths.get(key.curve.name, hashes.SHA256())
        if isinstance(key, ec.EllipticCurvePrivateKey)
        else hashes.SHA256()
    )


def make(inputs: Properties) -> tuple[str, Properties]:
    """Identity (SHA-1 of the public key, as the official provider has it) and outputs of a new PrivateKey."""
    key: Key
    match text(inputs, "algorithm"):
        case "RSA":
            key = rsa.generate_private_key(_EXPONENT, number(inputs, "rsaBits"))
        case "ECDSA":
            key = ec.generate_private_key(CURVES[text(inputs, "ecdsaCurve")]())
        case _:
            key = ed25519.Ed25519PrivateKey.generate()
    public = key.public_key()
    identity = hashlib.sha1(public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo), usedforsecurity=False)
    pkcs8 = _private(key, PrivateFormat.PKCS8)
    traditional = pkcs8 if algorithm(key) == "ED25519" else _private(key, PrivateFormat.TraditionalOpenSSL)
    return identity.hexdigest(), {
        "privateKeyPem": traditional,
        "privateKeyPemPkcs8": pkcs8,
        "publicKeyPem": public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode(),
        **_openssh(key),
    }


def _private(key: Key, form: PrivateFormat) -> str:
    return key.private_bytes(Encoding.PEM, form, NoEncryption()).decode()


def _openssh(key: Key) -> Properties:
    if isinstance(key, ec.EllipticCurvePrivateKey) and isinstance(key.curve, ec.SECP224R1):
        # OpenSSH has no name for this curve (RFC 5656, section 10.1).
        names = ("privateKeyOpenssh", "publicKeyOpenssh", "publicKeyFingerprintMd5", "publicKeyFingerprintSha256")
        return dict.fromkeys(names, "")
    line = key.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).decode()
    blob = base64.b64decode(line.split()[1])
    md5 = hashlib.md5(blob, usedforsecurity=False).digest()
    sha256 = base64.b64encode(hashlib.sha256(blob).digest()).decode().rstrip("=")
    return {
        "privateKeyOpenssh": _private(key, PrivateFormat.OpenSSH),
        "publicKeyOpenssh": f"{line}\n",
        "publicKeyFingerprintMd5": md5.hex(":"),
        "publicKeyFingerprintSha256": f"SHA256:{sha256}",
    }
