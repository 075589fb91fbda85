"""What is wrong with inputs. No reason repeats a value that may be a key."""

import ipaddress
from collections.abc import Callable, Collection, Iterator, Sequence
from urllib.parse import urlsplit

from cryptography import x509

from offline.provider.resource import Problem
from offline.provider.values import UNKNOWN, Properties, Value, has_unknown
from offline.tls import keys, names
from offline.tls.schema import SECRETS, Kind
from offline.tls.typed import mapping, text

Check = Callable[[Value], str]  # why the value is refused, or ""


def problems(kind: Kind, inputs: Properties) -> list[Problem]:
    """Every problem of these inputs; what is not known yet is judged at the update."""
    given: Properties = {name: value for name, value in inputs.items() if value is not None}
    found = [
        *(Problem(property=name, reason="is required") for name in kind.required if name not in given),
        *(Problem(property=name, reason="is not a property of this resource") for name in _foreign(kind, given)),
        *(problem for name, value in given.items() if name in kind.inputs for problem in _judge(name, value)),
    ]
    if not found and _is_foreign_key(given):
        found = [Problem(property="caPrivateKeyPem", reason="is not the key of caCertPem")]
    # The engine prints the value of a property that is named; without a name it prints the reason alone.
    return [
        Problem(property="", reason=f"{each.property} {each.reason}") if each.property in SECRETS else each
        for each in found
    ]


def _foreign(kind: Kind, given: Properties) -> list[str]:
    return [name for name in given if name not in kind.inputs]


def _judge(name: str, value: Value) -> Iterator[Problem]:
    each = EACH.get(name)
    if each is not None:
        if isinstance(value, str) or not isinstance(value, Sequence):
            yield Problem(property=name, reason="must be a list")
            return
        for at, element in enumerate(value):
            if element != UNKNOWN and (reason := each(element)):
                yield Problem(property=f"{name}[{at}]", reason=reason)
    elif not has_unknown(value) and (reason := WHOLE[name](value)):
        yield Problem(property=name, reason=reason)


def _is_foreign_key(given: Properties) -> bool:
    pair = [given.get("caCertPem"), given.get("caPrivateKeyPem")]
    if not all(isinstance(each, str) and each != UNKNOWN for each in pair):
        return False
    certificate = x509.load_pem_x509_certificate(text(given, "caCertPem").encode())
    return certificate.public_key() != keys.load(text(given, "caPrivateKeyPem")).public_key()


def _number(low: int, high: int) -> Check:
    def check(value: Value) -> str:
        good = isinstance(value, int) and not isinstance(value, bool) and low <= value <= high
        return "" if good else f"must be a whole number from {low} to {high}, not {value!r}"

    return check


def _one_of(allowed: Collection[str]) -> Check:
    return lambda value: "" if value in allowed else f"must be one of {', '.join(allowed)}, not {value!r}"


def _boolean(value: Value) -> str:
    return "" if isinstance(value, bool) else f"must be true or false, not {value!r}"


def _parsed(what: str, parse: Callable[[str], object]) -> Check:
    """Refuses what `parse` cannot read, without its message: that may repeat the text."""

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
        return f"has fields {', '.join(names.SUBJECT)}, and not {unknown}" if unknown else "must be a mapping"
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
