"""A throw-away authority with one server and one client certificate, as PEM texts."""

import datetime as dt
from dataclasses import dataclass
from ipaddress import ip_address

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

DAY = dt.timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Pair:
    certificate: str
    key: str


@dataclass(frozen=True, kw_only=True)
class Chain:
    authority: str
    authority_key: str
    server: Pair
    client: Pair


def chain(*, name: str, address: str) -> Chain:
    key = ec.generate_private_key(ec.SECP256R1())
    issuer = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "drills")])
    own = _begun(issuer, issuer, key).add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    names = x509.SubjectAlternativeName([x509.DNSName(name), x509.IPAddress(ip_address(address))])

    def leaf(common_name: str, usage: x509.ObjectIdentifier) -> Pair:
        own_key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])
        made = (
            _begun(subject, issuer, own_key)
            .add_extension(x509.ExtendedKeyUsage([usage]), critical=False)
            .add_extension(names, critical=False)
            .sign(key, hashes.SHA256())
        )
        return Pair(certificate=_pem(made), key=_key(own_key))

    return Chain(
        authority=_pem(own.sign(key, hashes.SHA256())),
        authority_key=_key(key),
        server=leaf("server", ExtendedKeyUsageOID.SERVER_AUTH),
        client=leaf("client", ExtendedKeyUsageOID.CLIENT_AUTH),
    )


def _begun(subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey) -> x509.CertificateBuilder:
    now = dt.datetime.now(dt.UTC)
    return x509.CertificateBuilder(
        issuer_name=issuer,
        subject_name=subject,
        public_key=key.public_key(),
        serial_number=x509.random_serial_number(),
        not_valid_before=now - DAY,
        not_valid_after=now + DAY,
    )


def _pem(certificate: x509.Certificate) -> str:
    return certificate.public_bytes(serialization.Encoding.PEM).decode()


def _key(key: ec.EllipticCurvePrivateKey) -> str:
    private = serialization.PrivateFormat.PKCS8
    return key.private_bytes(serialization.Encoding.PEM, private, serialization.NoEncryption()).decode()
