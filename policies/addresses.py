"""Addresses and networks as they are written in resources."""

from collections.abc import Iterable
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

Network = IPv4Network | IPv6Network


def networks(texts: Iterable[str]) -> tuple[Network, ...]:
    """The networks among these texts; commas separate those of two families. Anything else is left out."""
    found = []
    for text in (part.strip() for whole in texts for part in whole.split(",")):
        try:
            found.append(ip_network(text, strict=False))
        except ValueError:
            continue
    return tuple(found)


def inside(address: str, network: Network) -> bool:
    """Whether a text is an address of the network."""
    parsed = _address(address)
    return parsed is not None and parsed in network


def is_address(text: str) -> bool:
    """Whether a text is an address, not a name."""
    return _address(text) is not None


@lru_cache(maxsize=65536)  # every rule compares the same few addresses and names
def _address(text: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(text)
    except ValueError:
        return None


@lru_cache(maxsize=65536)  # as above
def canonical(text: str) -> str:
    """One spelling for each address and name: `::1` is `0:0:0:0:0:0:0:1`, `API.example.` is `api.example`.

    Names in other scripts become the form in which they are in DNS (punycode).
    """
    parsed = _address(text.strip("[]"))
    if parsed is not None:
        return str(parsed)
    name = text.rstrip(".").lower()
    if name.isascii():
        return name
    try:
        return ".".join(label.encode("idna").decode() for label in name.split("."))
    except UnicodeError:
        return name


def is_port(text: str) -> bool:
    """Whether a text is a port number, in plain digits."""
    return text.isascii() and text.isdecimal() and len(text) <= len("65535")


def port_of(place: str) -> int | None:
    """The port in `name:6443` or `https://[::1]:6443/x`; None without one."""
    port = place.split("://", 1)[-1].split("/", 1)[0].rpartition("]")[2].rpartition(":")[2]
    return int(port) if ":" in place.split("://", 1)[-1] and is_port(port) else None


def host_of(place: str) -> str:
    """The host in `name:6443`, `[::1]:6443` or `https://name:6443`."""
    rest = place.split("://", 1)[-1].split("/", 1)[0]
    if rest.startswith("["):
        return rest[1:].split("]", 1)[0]
    return rest.rsplit(":", 1)[0] if rest.count(":") == 1 else rest
