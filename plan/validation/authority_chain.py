"""Checks each certificate of an authority: its rights, dates, strength, and place in the chain."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import TypeVar

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from plan.refusal import Refusal
from plan.visible import shown

SHORTEST_RSA = 2_048  # bits (NIST SP 800-57 part 1, until 2030)
CURVES = ("secp256r1", "secp384r1", "secp521r1")  # P-256 and better; Go and OpenSSL both verify these
WEAK_HASHES = ("md5", "sha1")
LONGEST_CHAIN = 5  # certificates
E = TypeVar("E", bound=x509.ExtensionType)
REFUSED = "clients refuse what it signs"


def public_key(of: x509.Certificate) -> bytes:
    """The certificate's public key, comparable."""
    return of.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def subject(of: x509.Certificate) -> str:
    """The common name in quotes, or the whole subject without one."""
    return _name(of.subject)


def problems(at: str, chain: Sequence[x509.Certificate], *, leaf_hours: int, now: datetime) -> Iterator[Refusal]:
    """Every problem of the chain, which starts with the certificate that signs leaves and ends with the root."""
    for place, certificate in enumerate(chain):
        for found in (
            _rights(at, certificate, place),
            _dates(at, certificate, leaf_hours, now),
            _strength(at, certificate),
        ):
            yield from found
    yield from _complete(at, chain)


def _rights(at: str, of: x509.Certificate, place: int) -> Iterator[Refusal]:
    """`place`: how many authorities of the chain are below it."""
    constraints = _extension(of, x509.BasicConstraints)
    usage = _extension(of, x509.KeyUsage)
    if constraints is None or not constraints.ca:
        yield Refusal(
            at=at,
            what="a certificate authority",
            found=f"{subject(of)}, a certificate without CA:TRUE",
            why=REFUSED,
            fix="give the authority's own certificate",
        )
        return
    if constraints.path_length is not None and constraints.path_length < place:
        yield Refusal(
            at=at,
            what=f"allowed to have {place} levels of authorities below it",
            found=f"{subject(of)} with path length {constraints.path_length}",
            why="clients refuse a chain that is longer than its authority allows",
            fix="issue it with a larger path length",
        )
    if usage is not None and not usage.key_cert_sign:
        found, fix = f"{subject(of)}, whose key usage lacks keyCertSign", "issue it with keyCertSign"
        yield Refusal(at=at, what="allowed to sign certificates", found=found, why=REFUSED, fix=fix)


def _dates(at: str, of: x509.Certificate, leaf_hours: int, now: datetime) -> Iterator[Refusal]:
    start, end = of.not_valid_before_utc, of.not_valid_after_utc
    if now > end:
        found, why = f"{subject(of)}, which expired on {end:%Y-%m-%d}", "every client refuses it"
        yield Refusal(at=at, what="valid today", found=found, why=why, fix="renew the authority first")
    elif now < start:
        found, why = (
            f"{subject(of)}, which is valid from {start:%Y-%m-%d %H:%M} UTC",
            "until then every client refuses it",
        )
        fix = "check the clocks of this computer and of the issuer"
        yield Refusal(at=at, what="valid today", found=found, why=why, fix=fix)
    elif end < now + timedelta(hours=leaf_hours):
        hours = int((end - now).total_seconds()) // 3600
        yield Refusal(
            at=at,
            what=f"valid for at least a leaf's {leaf_hours} h",
            found=f"{subject(of)}, which expires on {end:%Y-%m-%d}",
            why="when an authority expires, every leaf below it fails at the same moment",
            fix=f"renew the authority, or set certificates.leafHours to at most {hours}",
        )


def _strength(at: str, of: x509.Certificate) -> Iterator[Refusal]:
    key, hashed = of.public_key(), of.signature_hash_algorithm
    weak = None
    if isinstance(key, rsa.RSAPublicKey):
        weak = f"RSA with {key.key_size} bits" if key.key_size < SHORTEST_RSA else None
    elif isinstance(key, ec.EllipticCurvePublicKey):
        weak = f"the curve {key.curve.name}" if key.curve.name not in CURVES else None
    else:
        weak = "a key that is neither RSA nor on a NIST curve"
    # No client verifies a root's signature of itself.
    if weak is None and hashed is not None and hashed.name in WEAK_HASHES and of.issuer != of.subject:
        weak = f"a signature with {hashed.name.upper()}"
    if weak is not None:
        yield Refusal(
            at=at,
            what=f"RSA of at least {SHORTEST_RSA} bits or P-256 and larger, signed with SHA-2",
            found=f"{subject(of)}, {weak}",
            why="anyone who forges an authority owns the cluster",
            fix="issue a stronger authority",
        )


def _complete(at: str, chain: Sequence[x509.Certificate]) -> Iterator[Refusal]:
    """Each certificate is signed by the next one, and the last one by itself."""
    for place, certificate in enumerate(chain):
        above = chain[min(place + 1, len(chain) - 1)]
        try:
            certificate.verify_directly_issued_by(above)
        except (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm):
            last = f"{subject(certificate)}, issued by {_name(certificate.issuer)}"
            found = last if above is certificate else f"{last} and followed by {subject(above)}"
            yield Refusal(
                at=at,
                what="a complete chain: each certificate followed by the one that signed it, up to the root",
                found=found,
                why="programs that use OpenSSL trust an intermediate authority only together with its root",
                fix="add the certificates that signed it to the file too: the one that signs leaves "
                "first, the root last",
            )
            return
    if len(chain) > LONGEST_CHAIN:
        what, why = f"a chain of at most {LONGEST_CHAIN} certificates", "every node and kubeconfig carries all of them"
        yield Refusal(
            at=at,
            what=what,
            found=len(chain),
            why=why,
            fix="remove certificates that are not part of the first one's chain",
        )


def _extension(of: x509.Certificate, kind: type[E]) -> E | None:
    try:
        return of.extensions.get_extension_for_class(kind).value
    except x509.ExtensionNotFound:
        return None


def _name(name: x509.Name) -> str:
    common = name.get_attributes_for_oid(x509.NameOID.COMMON_NAME)
    return shown(str(common[0].value) if common else name.rfc4514_string())
