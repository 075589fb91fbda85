"""Which addresses of a network a host may have."""

from plan.settings.values import Address, Range

IPV4_BITS = 32


def excluded(address: Address, network: Range, gateway: Address | None) -> str | None:
    """Why a host of the network cannot have the address; None if it can."""
    if address.version != network.version or address not in network:
        return f"outside {network}"
    # A point-to-point network (RFC 3021, RFC 6164) has no reserved addresses.
    if network.max_prefixlen - network.prefixlen > 1:
        if address == network.network_address:
            return "the network address"
        if network.max_prefixlen == IPV4_BITS and address == network.broadcast_address:
            return "the broadcast address"
    return "the gateway's" if address == gateway else None
