"""Who calls, as far as bounds go: an address, or the network that a household or an office has of IPv6."""

from ipaddress import IPv6Address, ip_address, ip_network
from typing import Final

_NETWORK: Final = 64
"""Bits of an IPv6 address that its owner does not choose."""


def caller(host: str | None) -> str:
    """The address of a connection, in one spelling; "" where it has none, as a socket of the file system."""
    try:
        address = ip_address(host or "")
    except ValueError:
        return host or ""
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped:
            return str(address.ipv4_mapped)
        return str(ip_network((address, _NETWORK), strict=False))
    return str(address)
