"""Certificates for a rendered node, as the certificate tree would issue them."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import ip_address

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

import documents
from documents import encryption
from documents.kubeconfig import kubeconfig, server
from documents.places import BALANCER_AUTHORITY, ENCRYPTION, PKI
from plan import Certificate, Node, Plan

ENCRYPTION_KEY = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="
SUBJECT = (serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
NOW = dt.datetime.now(dt.UTC)


@dataclass(frozen=True)
class Pair:
    """A certificate and its key."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey

    @property
    def certificate_pem(self) -> str:
        return self.certificate.public_bytes(serialization.Encoding.PEM).decode()

    @property
    def key_pem(self) -> str:
        return _pem(self.key)


def issued(plan: Plan, node: Node) -> dict[str, str]:
    """Text by path of every secret and every issued file that the documents name for the node."""
    authorities = {a.name: _authority(a.common_name) for a in plan.authorities}
    account = ec.generate_private_key(ec.SECP256R1())
    texts = {
        f"{PKI}/sa.key": _pem(account),
        f"{PKI}/sa.pub": account.public_key().public_bytes(*SUBJECT).decode(),
        ENCRYPTION: encryption.configuration(keys=[ENCRYPTION_KEY]),
        BALANCER_AUTHORITY: authorities["cluster"].certificate_pem,
    }
    for authority in plan.authorities:
        pair = authorities[authority.name]
        texts |= {f"{PKI}/{authority.path}.crt": pair.certificate_pem, f"{PKI}/{authority.path}.key": pair.key_pem}
    for leaf in plan.certificates_of(node.name):
        pair = _leaf(leaf, authorities[leaf.issuer.name])
        if leaf.path is not None:
            texts |= {f"{leaf.path}.crt": pair.certificate_pem, f"{leaf.path}.key": pair.key_pem}
        if leaf.kubeconfig is not None:
            texts[leaf.kubeconfig] = kubeconfig(
                cluster=plan.settings.cluster,
                server=server(plan, node, leaf.kubeconfig),
                user=leaf.subject.common_name,
                authority_pem=authorities["cluster"].certificate_pem,
                certificate_pem=pair.certificate_pem,
                key_pem=pair.key_pem,
            )
    secret = [file.path for file in documents.secret_files(plan, node)]
    public = [file.path for file in documents.certificate_files(plan, node)]
    return {path: texts[path] for path in (*secret, *public)}


def _authority(common_name: str) -> Pair:
    key = ec.generate_private_key(ec.SECP256R1())
    name = _name(common_name, None)
    builder = _builder(name, name, key, days=3650).add_extension(
        x509.BasicConstraints(ca=True, path_length=None), critical=True
    )
    return Pair(builder.sign(key, hashes.SHA256()), key)


def _leaf(leaf: Certificate, issuer: Pair) -> Pair:
    key = ec.generate_private_key(ec.SECP256R1())
    usages = {
        "server_auth": ExtendedKeyUsageOID.SERVER_AUTH,
        "client_auth": ExtendedKeyUsageOID.CLIENT_AUTH,
    }
    builder = _builder(
        _name(leaf.subject.common_name, leaf.subject.organization), issuer.certificate.subject, key, days=300
    ).add_extension(x509.ExtendedKeyUsage([usages[u] for u in leaf.usages if u in usages]), critical=False)
    names = [*(x509.DNSName(n) for n in leaf.dns_names), *_addresses(leaf.addresses)]
    if names:
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
    return Pair(builder.sign(issuer.key, hashes.SHA256()), key)


def _addresses(addresses: Iterable[object]) -> list[x509.GeneralName]:
    return [x509.IPAddress(ip_address(str(address))) for address in addresses]


def _name(common_name: str, organization: str | None) -> x509.Name:
    group = [x509.NameAttribute(NameOID.ORGANIZATION_NAME, organization)] if organization else []
    return x509.Name([*group, x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, *, days: int
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW - dt.timedelta(hours=1))
        .not_valid_after(NOW + dt.timedelta(days=days))
    )


def _pem(key: ec.EllipticCurvePrivateKey) -> str:
    traditional = serialization.PrivateFormat.TraditionalOpenSSL
    return key.private_bytes(serialization.Encoding.PEM, traditional, serialization.NoEncryption()).decode()
