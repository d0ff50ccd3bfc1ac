"""What is an address, and which of them are public."""

import ipaddress
import re

_ADDRESS = re.compile(r"[0-9.]+|.*:.*")
_NAT64 = ipaddress.ip_network("64:ff9b::/96")


def is_address(hostname: str) -> bool:
    """Whether the host of a normalised URL is an IP address and needs no look-up."""
    return _ADDRESS.fullmatch(hostname) is not None


def is_public(address: str) -> bool:
    """Whether an IP address is one of the public internet.

    By the IANA special-purpose registries (RFC 6890): not private, loopback, link-local, shared,
    multicast or reserved. An IPv6 address that carries an IPv4 one (mapped, 6to4, NAT64) is as
    public as that. Text that is no address is not public.
    """
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour
        if inner is None and ip in _NAT64:
            inner = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        if inner is None and ip.is_site_local:
            return False  # RFC 3879: abolished as a class, still in use as private addresses
        ip = inner or ip
    return ip.is_global and not ip.is_multicast and not ip.is_reserved
