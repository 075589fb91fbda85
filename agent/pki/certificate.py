"""Reads the fields of a certificate that operators need: serial number, validity and identity.

Decoded with a few lines of DER (X.690): a minimal machine has no openssl program, Python's own decoder is private, and
a handshake only shows serving certificates.
"""

import base64
import hashlib
import re
from dataclasses import dataclass
from datetime import UTC, datetime

from agent.pki.der import element, elements

_PEM = re.compile(r"-----BEGIN CERTIFICATE-----\s+(.*?)-----END CERTIFICATE-----", re.DOTALL)
_EMBEDDED = re.compile(r"client-certificate-data:\s*(\S+)")
_UTC_TIME, _EXPLICIT_0 = 0x17, 0xA0


class NotACertificate(Exception):
    """The bytes are not an X.509 certificate."""


@dataclass(frozen=True, kw_only=True)
class CertificateFacts:
    """Both times are in UTC.

    `holder` is a digest of subject and public key: for clients, an authority that is reissued with the same key is
    unchanged.
    """

    serial: int
    not_before: datetime
    not_after: datetime
    holder: str

    def days_left(self, now: datetime | None = None) -> int:
        """Whole days; negative once it has expired."""
        return (self.not_after - (now or datetime.now(UTC))).days


def from_der(der: bytes) -> CertificateFacts:
    """Raises NotACertificate."""
    try:
        _, body, _ = element(element(der, 0)[1], 0)
        tag, content, after = element(body, 0)
        if tag == _EXPLICIT_0:  # the version, absent in version 1
            _, content, after = element(body, after)
        serial = int.from_bytes(content, "big")
        for _ in ("signature algorithm", "issuer"):
            after = element(body, after)[2]
        _, validity, after = element(body, after)
        holder = body[after : element(body, element(body, after)[2])[2]]  # subject and subjectPublicKeyInfo
        begin, end = (_time(kind, text) for kind, text in elements(validity))
        return CertificateFacts(
            serial=serial, not_before=begin, not_after=end, holder=hashlib.sha256(holder).hexdigest()[:16]
        )
    except (IndexError, ValueError) as error:
        raise NotACertificate(f"not an X.509 certificate: {error}") from error


def _time(kind: int, text: bytes) -> datetime:
    # RFC 5280 4.1.2.5: two-digit years until 2049 and always UTC
    shape = "%y%m%d%H%M%SZ" if kind == _UTC_TIME else "%Y%m%d%H%M%SZ"
    return datetime.strptime(text.decode(), shape).replace(tzinfo=UTC)


def from_text(text: str) -> CertificateFacts:
    """The first certificate of a PEM file, or the client certificate inside a kubeconfig. Raises NotACertificate."""
    if embedded := _EMBEDDED.search(text):
        text = base64.b64decode(embedded.group(1)).decode()
    found = _PEM.search(text)
    if not found:
        raise NotACertificate("no PEM certificate in the text")
    return from_der(base64.b64decode(found.group(1)))


def all_from(text: str) -> tuple[CertificateFacts, ...]:
    """Every certificate of a PEM file, in its order. Raises NotACertificate."""
    return tuple(from_der(base64.b64decode(block)) for block in _PEM.findall(text))
