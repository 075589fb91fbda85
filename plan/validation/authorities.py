"""The user's own certificate authorities are parsed and checked before anything trusts them (PKI-10, PKI-11).

`cryptography` parses here, as in the program's other rooms: PEM, key types and signatures are too
sensitive for our own code.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key

from plan.certificates.authorities import AUTHORITIES
from plan.certificates.rotation import numbered
from plan.refusal import Refusal
from plan.settings.cluster import Settings
from plan.settings.model import Unread
from plan.validation import authority_chain
from plan.visible import safe

AuthorityFiles = Mapping[str, object]  # by name: {"certificate": PEM, "key": PEM}
PARTS = ("certificate", "key")


@dataclass(frozen=True, kw_only=True)
class _Given:
    """One authority from the user: its own certificate, then those that signed it, up to the root."""

    at: str
    purpose: str  # the authority's name without its generation
    chain: Sequence[x509.Certificate]
    key: bytes | None  # the public half of the given private key


def problems(settings: Settings, files: AuthorityFiles | None, *, now: datetime) -> Iterator[Refusal]:
    """Returns every problem of the secret `authorityFiles`, or of its absence. Never shows a key."""
    try:
        source, names = settings.certificates.authorities, _names(settings)
    except Unread:
        return
    if source == "generated":
        if files:
            yield Refusal(
                at="authorityFiles",
                what="absent while `certificates.authorities` is `generated`",
                found=f"given for {', '.join(map(safe, files))}",
                why="other authorities would be generated, and yours would not be used",
                fix="set `certificates.authorities: provided` (or `external`), or remove the secret",
            )
        return
    given = []
    for name in names:
        one, found = _read(name, files)
        yield from found
        if one is not None:
            given.append(one)
            yield from _judged(one, settings, now)
    yield from _shared(given)
    for name in (files or {}).keys() - set(names):
        yield Refusal(
            at=f"authorityFiles.{name}",
            what=f"one of {', '.join(names)}",
            found="another name",
            why="it would have no effect",
            fix="correct the name, or remove the entry",
        )


def chained(files: AuthorityFiles | None) -> tuple[str, ...]:
    """Names of accepted authorities that come with their chain."""
    texts = {name: pair.get("certificate") for name, pair in (files or {}).items() if isinstance(pair, Mapping)}
    return tuple(sorted(name for name, text in texts.items() if str(text).count("-----BEGIN CERTIFICATE-----") > 1))


def _names(settings: Settings) -> tuple[str, ...]:
    """Every authority and generation in use."""
    generations = settings.certificates.generations
    return tuple(numbered(a.name, generation) for a in AUTHORITIES for generation in generations.of(a.name))


def _purpose(name: str) -> str:
    return next(a.name for a in AUTHORITIES if name == a.name or name.startswith(f"{a.name}-"))


def _read(name: str, files: AuthorityFiles | None) -> tuple[_Given | None, list[Refusal]]:
    pair = (files or {}).get(name)
    texts = pair if isinstance(pair, Mapping) else {}
    found, chain, key = [], None, None
    for part in PARTS:
        at, text = f"authorityFiles.{name}.{part}", texts.get(part)
        if not isinstance(text, str) or not text.strip():
            found.append(_missing(at, part))
            continue
        try:
            if part == "certificate":
                chain = x509.load_pem_x509_certificates(text.encode())
            else:
                key = load_pem_private_key(text.encode(), password=None).public_key()
        except (ValueError, TypeError, UnsupportedAlgorithm):
            found.append(_unreadable(at, part, text))
    if chain is None:
        return None, found
    public = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo) if key is not None else None
    return _Given(at=f"authorityFiles.{name}", purpose=_purpose(name), chain=chain, key=public), found


def _missing(at: str, part: str) -> Refusal:
    return Refusal(
        at=at,
        what=f"the PEM text of the authority's {part}",
        found="missing",
        why="the authorities are your own, so this program does not create any",
        fix=f"pulumi config set --secret --path 'quorate:{at}' < FILE",
    )


def _unreadable(at: str, part: str, text: str) -> Refusal:
    locked = "ENCRYPTED" in text
    return Refusal(
        at=at,
        what=f"a {part} in PEM form" + (" without a password" if part == "key" else ""),
        found="a key with a password" if locked else "text that cannot be parsed as one",
        why="leaves are issued with it",
        fix="decrypt it: openssl pkey -in FILE" if locked else "give the whole file, from BEGIN to END",
    )


def _judged(one: _Given, settings: Settings, now: datetime) -> Iterator[Refusal]:
    if one.key is not None and one.key != authority_chain.public_key(one.chain[0]):
        yield Refusal(
            at=f"{one.at}.key",
            what=f"the key of {authority_chain.subject(one.chain[0])}",
            found="the key of another certificate",
            why="nothing that it signs would be trusted",
            fix="give the key that belongs to the first certificate of the file",
        )
    hours = settings.certificates.leaf_hours
    yield from authority_chain.problems(f"{one.at}.certificate", one.chain, leaf_hours=hours, now=now)


def _shared(given: Sequence[_Given]) -> Iterator[Refusal]:
    """Each purpose has its own authorities, up to the root: every certificate of a chain is trusted."""
    seen: dict[bytes, _Given] = {}
    for one in given:
        for certificate in one.chain:
            other = seen.setdefault(authority_chain.public_key(certificate), one)
            if other.purpose != one.purpose:
                yield Refusal(
                    at=f"{one.at}.certificate",
                    what="its own authority, with its own root",
                    found=f"{authority_chain.subject(certificate)}, which is also in {other.at}",
                    why="everything below a shared root is accepted in both places: a kubelet could read etcd",
                    fix="issue cluster, etcd and front-proxy from three separate roots, or self-sign each",
                )
                break
