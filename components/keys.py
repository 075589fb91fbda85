"""Creates private keys with the algorithm from the settings."""

import pulumi
import pulumi_tls as tls


def private_key(name: str, algorithm: str, opts: pulumi.ResourceOptions) -> tls.PrivateKey:
    """Create a key: `ECDSA-P256`, `ECDSA-P384`, `RSA-3072`, `RSA-4096` or `ED25519`.

    Curve and size are always explicit, because pulumi-tls defaults to P-224 and 2048 bits.
    """
    kind, _, size = algorithm.partition("-")
    if kind == "ECDSA":
        return tls.PrivateKey(name, algorithm=kind, ecdsa_curve=size, opts=opts)
    if kind == "RSA":
        return tls.PrivateKey(name, algorithm=kind, rsa_bits=int(size), opts=opts)
    return tls.PrivateKey(name, algorithm=kind, opts=opts)
