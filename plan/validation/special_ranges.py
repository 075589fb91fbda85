"""Addresses that are not ordinary unicast addresses (IANA's special-purpose registries, RFC 6890)."""

from ipaddress import ip_network

from plan.settings.values import Address, Range

SPECIAL = tuple(
    (ip_network(text), name)
    for text, name in (
        ("0.0.0.0/8", "'this network'"),
        ("127.0.0.0/8", "loopback"),
        ("169.254.0.0/16", "link-local"),
        ("192.0.0.0/24", "reserved for protocols"),
        ("224.0.0.0/4", "multicast"),
        ("240.0.0.0/4", "reserved"),
        ("::1/128", "loopback"),
        ("::ffff:0:0/96", "IPv4 written as IPv6"),
        ("::/8", "reserved"),
        ("64:ff9b::/96", "the translation of IPv4 addresses"),
        ("fe80::/10", "link-local"),
        ("ff00::/8", "multicast"),
    )
)


def special(of: Address | Range) -> str | None:
    """The special purpose of the address, or of any part of the range; None if all of it is ordinary unicast."""
    network = ip_network(of)
    for other, name in SPECIAL:
        if network.version == other.version and network.overlaps(other):
            return name
    return None
