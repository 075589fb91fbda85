"""The facts of a certificate that operators ask for: its serial number, its last day, and whom it speaks for.

Read with a few lines of DER (X.690), because a minimal machine has no openssl program, Python's own decoder is private,
and a handshake shows serving certificates only.
"""

import base64
import hashlib
import re
from dataclasses import dataclass
from datetime import UTC, datetime

from agent.pki.der import element

_PEM = re.compile(r"-----BEGIN CERTIFICATE-----\s+(.*?)-----END CERTIFICATE-----", re.DOTALL)
_EMBEDDED = re.compile(r"client-certificate-data:\s*(\S+)")
_UTC_TIME, _EXPLICIT_0 = 0x17, 0xA0


class NotACertificate(Exception):
    """The bytes are no X.509 certificate."""


@dataclass(frozen=True, kw_only=True)
class CertificateFacts:
    """`not_after` is in UTC. `holder` is a digest of subject and public key: an authority that was issued anew under
    its own key is still the same to whoever verifies."""

    serial: int
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
        kind, text, _ = element(validity, element(validity, 0)[2])
        # RFC 5280 4.1.2.5: two-digit years until 2049 and always UTC
        shape = "%y%m%d%H%M%SZ" if kind == _UTC_TIME else "%Y%m%d%H%M%SZ"
        not_after = datetime.strptime(text.decode(), shape).replace(tzinfo=UTC)
        return CertificateFacts(serial=serial, not_after=not_after, holder=hashlib.sha256(holder).hexdigest()[:16])
    except (IndexError, ValueError) as error:
        raise NotACertificate(f"not an X.509 certificate: {error}") from error


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
