"""The scripted TCP server and the addresses without an answer do what they say."""

import asyncio
import socket

import pytest

from tests.support.blackhole import blackhole, refused_port
from tests.support.raw import End, RawServer, Script, response

GET = b"GET /a HTTP/1.1\r\nHost: test\r\n\r\n"


async def ask(server: RawServer, request: bytes = GET) -> bytes:
    """Send bytes and read until the server ends the connection."""
    reader, writer = await asyncio.open_connection(server.host, server.port)
    try:
        writer.write(request)
        return await reader.read()
    finally:
        writer.transport.abort()


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
async def test_a_script_is_sent_part_by_part_and_the_request_recorded(host: str) -> None:
    """The reply is the parts in order, and the request is there to be looked at."""
    async with RawServer({"/a": Script((b"one", 0.0, b"two"))}, host=host) as server:
        assert await ask(server) == b"onetwo"
    assert [(request.path, request.headers) for request in server.requests] == [
        ("/a", {"host": "test"})
    ]


async def test_a_sequence_of_scripts_is_used_in_turn_and_its_last_repeated() -> None:
    """Three requests to two scripts get the first once and the second twice."""
    scripts = (Script((b"first",)), Script((b"then",)))
    async with RawServer({"/a": scripts}) as server:
        assert [await ask(server) for _ in range(3)] == [b"first", b"then", b"then"]


async def test_a_reset_is_a_reset_and_not_an_orderly_end() -> None:
    """RESET gives the client ECONNRESET."""
    async with RawServer(default=Script((b"some", 0.02), End.RESET)) as server:
        with pytest.raises(ConnectionResetError):
            await ask(server)


async def test_half_close_ends_the_reply_and_goes_on_reading() -> None:
    """The client sees the end while the server still holds the connection."""
    async with RawServer(default=Script((b"half",), End.HALF_CLOSE)) as server:
        reader, writer = await asyncio.open_connection(server.host, server.port)
        writer.write(GET)
        assert await reader.read() == b"half"
        assert server.open_connections() == 1
        writer.close()
        await writer.wait_closed()


async def test_silence_lasts_until_the_client_leaves() -> None:
    """SILENT sends nothing and keeps the connection."""
    async with RawServer(default=Script(end=End.SILENT)) as server:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(ask(server), 0.05)
        assert len(server.requests) == 1


async def test_keep_serves_the_next_request_on_the_same_connection() -> None:
    """Two requests on one connection get two replies."""
    scripts = (Script((response(b"1"),), End.KEEP), Script((response(b"2"),)))
    async with RawServer({"/a": scripts}) as server:
        reply = await ask(server, GET + GET)
    assert reply == response(b"1") + response(b"2")
    assert server.connections == 1


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
def test_a_black_hole_neither_takes_nor_refuses_a_connection(host: str) -> None:
    """A connection attempt is still pending after a while, every time."""
    with blackhole(host) as (address, port):
        for _ in range(3):
            with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as client:
                client.settimeout(0.05)
                with pytest.raises(TimeoutError):
                    client.connect((address, port))


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
async def test_a_refused_port_refuses(host: str) -> None:
    """Nothing listens there."""
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection(host, refused_port(host))


def test_the_content_length_of_a_response_may_lie() -> None:
    """The header carries the number that was asked for."""
    assert b"\r\nContent-Length: 9\r\n\r\nabc" in response(b"abc", content_length=9)
