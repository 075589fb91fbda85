"""The contents of a certificate signing request (PKCS #10, RFC 2986). Its signature is not checked."""

import base64
import re
from dataclasses import dataclass
from ipaddress import ip_address

from agent.pki.der import element, elements

_BEGIN, _END = "-----BEGIN CERTIFICATE REQUEST-----", "-----END CERTIFICATE REQUEST-----"
# Exactly one request: the issuer must read the one that was checked.
_PEM = re.compile(rf"\s*{_BEGIN}\s+([A-Za-z0-9+/=\s]+){_END}\s*")
COMMON_NAME, ORGANIZATION = bytes.fromhex("550403"), bytes.fromhex("55040a")  # 2.5.4.3 and 2.5.4.10
EXTENSIONS = bytes.fromhex("2a864886f70d01090e")  # 1.2.840.113549.1.9.14, extensionRequest
ALTERNATIVE_NAMES = bytes.fromhex("551d11")  # 2.5.29.17
_OCTETS, _ATTRIBUTES, _DNS, _ADDRESS = 0x04, 0xA0, 0x82, 0x87


class NotARequest(Exception):
    """The text is not a signing request, or requests something unknown."""


@dataclass(frozen=True, kw_only=True)
class SigningRequest:
    """`others`: how many other things are requested, such as other parts of a name or other extensions."""

    common_names: tuple[str, ...]
    organizations: tuple[str, ...]
    dns_names: tuple[str, ...]
    addresses: tuple[str, ...]
    others: int


def from_pem(text: str) -> SigningRequest:
    """Raises NotARequest."""
    found = _PEM.fullmatch(text)
    if not found:
        raise NotARequest("no PEM signing request, or more than one")
    try:
        return _read(base64.b64decode(found.group(1)))
    except (IndexError, ValueError) as error:
        raise NotARequest(f"not a signing request: {error}") from error


def _read(der: bytes) -> SigningRequest:
    _, request, end = element(der)
    if end != len(der):
        raise NotARequest("there is data after the signing request")
    information = element(request)[1]
    _, subject, _, *rest = elements(information)  # version, subject, key, attributes
    names: dict[bytes, list[str]] = {COMMON_NAME: [], ORGANIZATION: []}
    dns: list[str] = []
    addresses: list[str] = []
    others = 0
    for _, part in elements(subject[1]):
        for _, pair in elements(part):
            (_, kind), (_, value) = elements(pair)
            if kind in names:
                names[kind].append(value.decode())
            else:
                others += 1
    for _, extension in (e for tag, attributes in rest if tag == _ATTRIBUTES for e in _extensions(attributes)):
        (_, kind), *_, (tag, value) = elements(extension)
        if kind != ALTERNATIVE_NAMES or tag != _OCTETS:
            others += 1
            continue
        for name, text in elements(element(value)[1]):
            if name == _DNS:
                dns.append(text.decode())
            elif name == _ADDRESS:
                addresses.append(str(ip_address(text)))
            else:
                others += 1
    return SigningRequest(
        common_names=tuple(names[COMMON_NAME]),
        organizations=tuple(names[ORGANIZATION]),
        dns_names=tuple(dns),
        addresses=tuple(addresses),
        others=others,
    )


def _extensions(attributes: bytes) -> list[tuple[int, bytes]]:
    found: list[tuple[int, bytes]] = []
    for tag, attribute in elements(attributes):
        (_, kind), (_, values) = elements(attribute)
        # Another attribute counts as an unknown extension.
        found += list(elements(element(values)[1])) if kind == EXTENSIONS else [(tag, attribute)]
    return found
