"""Makes requests and certificates from checked inputs."""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.types import CertificatePublicKeyTypes
from cryptography.hazmat.primitives.serialization import Encoding

from provider.protocol.values import Properties
from workbench.stand_ins.tls import keys, names
from workbench.stand_ins.tls.typed import mapping, number, text, texts

_TIME = "%Y-%m-%dT%H:%M:%SZ"  # RFC 3339, in whole seconds like the times in a certificate


@dataclass(frozen=True, kw_only=True)
class _Issue:
    """The parts of a certificate that differ between self-signed and other certificates."""

    subject: x509.Name
    public_key: CertificatePublicKeyTypes
    issuer: x509.Name
    signer: keys.Key
    alternative_names: x509.SubjectAlternativeName | None
    authority: x509.AuthorityKeyIdentifier | None


def request(inputs: Properties) -> tuple[str, Properties]:
    """Identity (SHA-1 of the text) and outputs of a CertRequest."""
    key = keys.load(text(inputs, "privateKeyPem"))
    builder = x509.CertificateSigningRequestBuilder(names.subject(mapping(inputs["subject"])))
    if (alternative := names.alternative_names(inputs)) is not None:
        builder = builder.add_extension(alternative, critical=False)
    pem = builder.sign(key, keys.digest(key)).public_bytes(Encoding.PEM)
    identity = hashlib.sha1(pem, usedforsecurity=False).hexdigest()
    return identity, {"certRequestPem": pem.decode(), "keyAlgorithm": keys.algorithm(key)}


def self_signed(inputs: Properties) -> tuple[str, Properties]:
    """Identity (serial number) and outputs of a SelfSignedCert."""
    key = keys.load(text(inputs, "privateKeyPem"))
    subject, public = names.subject(mapping(inputs["subject"])), key.public_key()
    own = x509.AuthorityKeyIdentifier.from_issuer_public_key(public) if inputs["setAuthorityKeyId"] else None
    alternative = names.alternative_names(inputs)
    issue = _Issue(
        subject=subject, public_key=public, issuer=subject, signer=key, alternative_names=alternative, authority=own
    )
    identity, made = _certificate(inputs, issue)
    return identity, {**made, "keyAlgorithm": keys.algorithm(key)}


def locally_signed(inputs: Properties) -> tuple[str, Properties]:
    """Identity (serial number) and outputs of a LocallySignedCert."""
    asked = x509.load_pem_x509_csr(text(inputs, "certRequestPem").encode())
    authority = x509.load_pem_x509_certificate(text(inputs, "caCertPem").encode())
    signer = keys.load(text(inputs, "caPrivateKeyPem"))
    issue = _Issue(
        subject=asked.subject,
        public_key=asked.public_key(),
        issuer=authority.subject,
        signer=signer,
        alternative_names=_find(asked.extensions, x509.SubjectAlternativeName),
        authority=_authority(authority),
    )
    identity, made = _certificate(inputs, issue)
    return identity, {**made, "caKeyAlgorithm": keys.algorithm(signer)}


def due(state: Properties, early: int) -> bool:
    """Whether less than `early` hours of the certificate's life are left."""
    end = state.get("validityEndTime")
    return isinstance(end, str) and datetime.fromisoformat(end) - timedelta(hours=early) <= datetime.now(UTC)


def _certificate(inputs: Properties, issue: _Issue) -> tuple[str, Properties]:
    start = datetime.now(UTC).replace(microsecond=0)
    end = start + timedelta(hours=number(inputs, "validityPeriodHours"))
    serial = x509.random_serial_number()
    builder = x509.CertificateBuilder(
        issuer_name=issue.issuer,
        subject_name=issue.subject,
        public_key=issue.public_key,
        serial_number=serial,
        not_valid_before=start,
        not_valid_after=end,
    )
    for extension, critical in _extensions(inputs, issue):
        builder = builder.add_extension(extension, critical=critical)
    pem = builder.sign(issue.signer, keys.digest(issue.signer)).public_bytes(Encoding.PEM).decode()
    return str(serial), {
        "certPem": pem,
        "readyForRenewal": False,
        "validityStartTime": start.strftime(_TIME),
        "validityEndTime": end.strftime(_TIME),
    }


def _extensions(inputs: Properties, issue: _Issue) -> list[tuple[x509.ExtensionType, bool]]:
    """Extensions and whether each is critical, as RFC 5280 section 4.2 requires."""
    uses = texts(inputs["allowedUses"])
    authority = inputs["isCaCertificate"] is True
    length = inputs["maxPathLength"]
    path = length if authority and isinstance(length, int) and length >= 0 else None
    identified = authority or inputs["setSubjectKeyId"] is True
    wanted: list[tuple[x509.ExtensionType | None, bool]] = [
        (names.key_usage(uses), True),
        (names.extended_usage(uses), False),
        (x509.BasicConstraints(ca=authority, path_length=path), True),
        (x509.SubjectKeyIdentifier.from_public_key(issue.public_key) if identified else None, False),
        (issue.authority, False),
        (issue.alternative_names, False),
    ]
    return [(extension, critical) for extension, critical in wanted if extension is not None]


def _find(extensions: x509.Extensions, kind: type[x509.SubjectAlternativeName]) -> x509.SubjectAlternativeName | None:
    return next((each.value for each in extensions if isinstance(each.value, kind)), None)


def _authority(certificate: x509.Certificate) -> x509.AuthorityKeyIdentifier | None:
    found = (each.value for each in certificate.extensions)
    own = next((value for value in found if isinstance(value, x509.SubjectKeyIdentifier)), None)
    return None if own is None else x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(own)
