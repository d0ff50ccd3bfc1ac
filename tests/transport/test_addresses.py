"""Which addresses are public, by the IANA special-purpose registries."""

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fetcher.transport.resolver import is_public


@pytest.mark.parametrize(
    "address",
    [
        "8.8.8.8", "1.1.1.1", "172.15.255.255", "172.32.0.0", "100.63.255.255", "100.128.0.0",
        "169.253.255.255", "192.0.1.1", "223.255.255.255",
        "2606:4700:4700::1111", "2a00:1450::1", "::ffff:8.8.8.8", "64:ff9b::808:808",
        "2002:808:808::1",
    ],
)  # fmt: skip
def test_addresses_of_the_public_internet(address: str) -> None:
    """Ordinary unicast, and IPv6 that carries it."""
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.0", "0.1.2.3", "10.0.0.1", "10.255.255.255", "100.64.0.1", "100.127.255.255",
        "127.0.0.1", "127.255.255.255", "169.254.169.254", "172.16.0.1", "172.31.255.255",
        "192.0.0.1", "192.0.2.1", "192.168.0.1", "192.168.255.255", "198.18.0.1", "198.51.100.1",
        "203.0.113.1", "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255",
        "::", "::1", "fc00::1", "fd12:3456::1", "fe80::1", "fe80::1%eth0", "fec0::1", "ff02::1",
        "2001:db8::1", "100::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254",
        "::127.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a00:1", "64:ff9b:1::1", "2002:7f00:1::1",
        "2002:c0a8:101::", "", "localhost", "example.test", "8.8.8", "0x8.8.8.8",
    ],
)  # fmt: skip
def test_addresses_that_are_not(address: str) -> None:
    """Private, loopback, link-local, shared, reserved, documentation; and text that is none."""
    assert not is_public(address)


@given(st.ip_addresses(v=4))
def test_ipv6_that_carries_ipv4_is_as_public_as_that(inner: ipaddress.IPv4Address) -> None:
    """Mapped, 6to4 and NAT64."""
    number = int(inner)
    carriers = (
        (0xFFFF << 32) | number,
        (0x2002 << 112) | (number << 80) | 1,
        (0x64FF9B << 96) | number,
    )
    for carrier in carriers:
        assert is_public(str(ipaddress.IPv6Address(carrier))) is is_public(str(inner))
