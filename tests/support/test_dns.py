"""The DNS server says what its zone says, asked by c-ares."""

import socket

import aiodns
import pytest

from tests.support.dns import (
    LOOPBACK,
    NODATA,
    NXDOMAIN,
    REFUSED,
    SERVFAIL,
    SILENT,
    Answer,
    DnsServer,
    Transport,
)


async def lookup(server: DnsServer, name: str) -> set[str]:
    """Resolve a name to its addresses of both kinds."""
    resolver = aiodns.DNSResolver(nameservers=[server.nameserver], timeout=0.2, tries=1)
    try:
        found = await resolver.getaddrinfo(
            name, family=socket.AF_UNSPEC, port=80, type=socket.SOCK_STREAM
        )
        return {node.addr[0].decode() for node in found.nodes}
    finally:
        await resolver.close()


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
async def test_addresses_of_both_kinds_are_found_and_counted(host: str) -> None:
    """A and AAAA come from one list, and each question is counted."""
    zone = {"two.test": Answer(("127.0.0.1", "127.0.0.2", "::1"))}
    async with DnsServer(zone, host=host) as server:
        assert await lookup(server, "two.test") == {"127.0.0.1", "127.0.0.2", "::1"}
    assert server.count("two.test") == 1
    assert server.count("two.test", "AAAA") == 1


async def test_a_wildcard_stands_for_all_names_below() -> None:
    """`*.wild.test` answers deep names, and not its own parent."""
    async with DnsServer({"*.wild.test": LOOPBACK}) as server:
        assert await lookup(server, "a.b.wild.test") == {"127.0.0.1"}
        with pytest.raises(aiodns.error.DNSError):
            await lookup(server, "wild.test")


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (NXDOMAIN, aiodns.error.ARES_ENOTFOUND),
        (NODATA, aiodns.error.ARES_ENODATA),
        (SERVFAIL, aiodns.error.ARES_ESERVFAIL),
        (REFUSED, aiodns.error.ARES_EREFUSED),
        (SILENT, aiodns.error.ARES_ETIMEOUT),
    ],
)
async def test_a_name_without_addresses_fails_as_asked(answer: Answer, code: int) -> None:
    """Each kind of refusal arrives as c-ares's own error code."""
    async with DnsServer({"bad.test": answer}) as server:
        with pytest.raises(aiodns.error.DNSError) as caught:
            await lookup(server, "bad.test")
    assert caught.value.args[0] == code


async def test_a_truncated_answer_is_asked_for_again_over_tcp() -> None:
    """The whole answer comes over TCP."""
    async with DnsServer({"long.test": Answer(("127.0.0.1",), truncated=True)}) as server:
        assert await lookup(server, "long.test") == {"127.0.0.1"}
    assert {query.transport for query in server.queries} == {Transport.UDP, Transport.TCP}
