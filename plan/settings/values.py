"""Addresses and ranges, the two kinds of setting that need parsing."""

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Annotated

from pydantic import PlainSerializer, PlainValidator, WithJsonSchema
from pydantic_core import PydanticCustomError


def _address(value: object) -> IPv4Address | IPv6Address:
    """One address from its text. An integer is refused, although Python would take 5 for 0.0.0.5."""
    if isinstance(value, (IPv4Address, IPv6Address)):
        return value
    bound = PydanticCustomError("address", "an IP address without prefix and zone, such as 10.0.0.11")
    if not isinstance(value, str) or "%" in value:
        raise bound
    try:
        return ip_address(value)
    except ValueError:
        raise bound from None


def _range(value: object) -> IPv4Network | IPv6Network:
    """One range from its CIDR text; a prefix is required, and host bits are refused as a typo."""
    if isinstance(value, (IPv4Network, IPv6Network)):
        return value
    bound = PydanticCustomError("range", "a range in CIDR form without host bits, such as 10.0.0.0/24")
    if not isinstance(value, str) or "/" not in value:
        raise bound
    try:
        return ip_network(value)
    except ValueError:
        raise bound from None


Address = Annotated[
    IPv4Address | IPv6Address,
    PlainValidator(_address),
    PlainSerializer(str, return_type=str),
    WithJsonSchema({"type": "string", "format": "ip"}),
]
Range = Annotated[
    IPv4Network | IPv6Network,
    PlainValidator(_range),
    PlainSerializer(str, return_type=str),
    WithJsonSchema({"type": "string", "format": "cidr"}),
]
