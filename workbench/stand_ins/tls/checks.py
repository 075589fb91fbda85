"""Problems with inputs. No reason repeats a value that may be a key."""

import ipaddress
from collections.abc import Callable, Collection, Iterator, Sequence
from urllib.parse import urlsplit

from cryptography import x509

from provider.protocol.values import UNKNOWN, Properties, Value, has_unknown
from workbench.stand_ins.tls import keys, names
from workbench.stand_ins.tls.schema import Kind
from workbench.stand_ins.tls.typed import mapping, text

_LONGEST_SHOWN = 40  # characters; the shortest private key text, Ed25519 in PEM, has 119

Check = Callable[[Value], str]  # why the value is refused, or ""


def problems(kind: Kind, inputs: Properties) -> list[str]:
    """Every problem of these inputs; values that are not known yet are checked at the update."""
    given: Properties = {name: value for name, value in inputs.items() if value is not None}
    found = [
        *(f"{name} is required" for name in kind.required if name not in given),
        *(f"{name} is not a property that this stand-in implements" for name in given if name not in kind.inputs),
        *(problem for name, value in given.items() if name in kind.inputs for problem in _judge(name, value)),
    ]
    if not found and _is_foreign_key(given):
        return ["caPrivateKeyPem is not the key of caCertPem"]
    return found


def _judge(name: str, value: Value) -> Iterator[str]:
    each = EACH.get(name)
    if each is None:
        if not has_unknown(value) and (reason := WHOLE[name](value)):
            yield f"{name} {reason}"
    elif isinstance(value, str):
        if value != UNKNOWN:
            yield f"{name} must be a list"
    elif not isinstance(value, Sequence):
        yield f"{name} must be a list"
    else:
        for at, element in enumerate(value):
            if element != UNKNOWN and (reason := each(element)):
                yield f"{name}[{at}] {reason}"


def _is_foreign_key(given: Properties) -> bool:
    pair = [given.get("caCertPem"), given.get("caPrivateKeyPem")]
    if not all(isinstance(each, str) and each != UNKNOWN for each in pair):
        return False
    certificate = x509.load_pem_x509_certificate(text(given, "caCertPem").encode())
    return certificate.public_key() != keys.load(text(given, "caPrivateKeyPem")).public_key()


def _number(low: int, high: int) -> Check:
    def check(value: Value) -> str:
        good = isinstance(value, int) and not isinstance(value, bool) and low <= value <= high
        return "" if good else f"must be a whole number from {low} to {high}, not {_shown(value)}"

    return check


def _one_of(allowed: Collection[str]) -> Check:
    return lambda value: "" if value in allowed else f"must be one of {', '.join(allowed)}, not {_shown(value)}"


def _boolean(value: Value) -> str:
    return "" if isinstance(value, bool) else f"must be true or false, not {_shown(value)}"


def _shown(value: Value) -> str:
    """A short value unchanged; a longer one is hidden, because it may be a misplaced key."""
    text = repr(value)
    return text if len(text) <= _LONGEST_SHOWN else f"a {type(value).__name__} of {len(text)} characters"


def _parsed(what: str, parse: Callable[[str], object]) -> Check:
    """Refuses a text that `parse` cannot read, without its message, which may contain the text."""

    def check(value: Value) -> str:
        if not isinstance(value, str):
            return f"must be {what}"
        try:
            parse(value)
        except Exception:  # noqa: BLE001 -- the parsers document no common error
            return f"cannot be read; it must be {what}"
        return ""

    return check


def _uri(value: str) -> None:
    if not value.isascii() or not urlsplit(value).scheme:
        raise ValueError(value)


def _dns_name(value: str) -> None:
    if not value:
        raise ValueError(value)
    x509.DNSName(value)


def _signed_request(value: str) -> None:
    if not x509.load_pem_x509_csr(value.encode()).is_signature_valid:
        raise ValueError(value)


def _subject(value: Value) -> str:
    fields = mapping(value)
    unknown = ", ".join(field for field in fields if field not in names.SUBJECT)
    if unknown or fields is not value:
        return f"has the fields {', '.join(names.SUBJECT)}, but not {unknown}" if unknown else "must be a mapping"
    try:
        names.subject(fields)
    except ValueError as error:
        return f"has a bad field: {error}"
    return ""


_HOURS = _number(0, 10**7)  # a thousand years; a larger sum would leave the calendar of X.509
_KEY = _parsed("a private key without a passphrase, in PEM or OpenSSH form", keys.load)

WHOLE: dict[str, Check] = {
    "algorithm": _one_of(keys.ALGORITHMS),
    "ecdsaCurve": _one_of(keys.CURVES),
    "rsaBits": _number(1024, 16384),
    "subject": _subject,
    "validityPeriodHours": _HOURS,
    "earlyRenewalHours": _HOURS,
    "isCaCertificate": _boolean,
    "setSubjectKeyId": _boolean,
    "setAuthorityKeyId": _boolean,
    "maxPathLength": _number(-1, 255),
    "privateKeyPem": _KEY,
    "caPrivateKeyPem": _KEY,
    "caCertPem": _parsed("a certificate in PEM form", lambda value: x509.load_pem_x509_certificate(value.encode())),
    "certRequestPem": _parsed("a certificate request in PEM form, signed by its own key", _signed_request),
}

EACH: dict[str, Check] = {  # lists, judged element by element
    "allowedUses": _one_of((*names.KEY_USES, *names.EXTENDED_USES)),
    "dnsNames": _parsed("a DNS name in ASCII", _dns_name),
    "ipAddresses": _parsed("an IP address", ipaddress.ip_address),
    "uris": _parsed("an absolute URI in ASCII", _uri),
}
