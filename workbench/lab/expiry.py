"""A certificate as it will be one day: the same names and the same key, but its time is over."""

from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key

OVER = timedelta(hours=1)  # how long ago it ended


def expired(certificate: str, authority_key: str) -> str:
    """The PEM text of the certificate, issued again by its authority with an end in the past."""
    former = x509.load_pem_x509_certificate(certificate.encode())
    key = load_pem_private_key(authority_key.encode(), None)
    if not isinstance(key, EllipticCurvePrivateKey | RSAPrivateKey):
        raise TypeError(f"an authority's key is elliptic or RSA, not {type(key).__name__}")
    end = datetime.now(UTC) - OVER
    builder = (
        x509.CertificateBuilder()
        .subject_name(former.subject)
        .issuer_name(former.issuer)
        .public_key(former.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(end - timedelta(days=1))
        .not_valid_after(end)
    )
    for extension in former.extensions:
        builder = builder.add_extension(extension.value, critical=extension.critical)
    return builder.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM).decode()
