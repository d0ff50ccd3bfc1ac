"""What a tap sees of an exchange."""

from typing import Any

from fetcher.transport.base import Head
from tests.support.raw import End, RawServer, Script
from tests.transport.asking import First, proxying, request, transport


class Seen:
    """A tap that keeps what it is told."""

    def __init__(self) -> None:
        self.sent = self.received = Head(b"", ())
        self.data = b""
        self.is_whole = False

    def heads(self, sent: Head, received: Head) -> None:
        """Take the heads."""
        self.sent, self.received = sent, received

    def body(self, data: bytes) -> None:
        """Take the next bytes."""
        self.data += data

    def end(self) -> None:
        """Take note of the end."""
        self.is_whole = True


async def tapped(answer: bytes, reader: Any = None, **changes: Any) -> tuple[Seen, bytes]:
    """What is seen of one answer, and the head of its request as the server had it."""
    seen = Seen()
    async with RawServer(default=Script((answer,), End.CLOSE)) as server:
        async with transport(**changes) as opened:
            await opened.send(request(server.url("/a%20b?q"), reader, tap=seen))
        return seen, server.requests[0].head


async def test_heads_are_seen_as_they_are_sent() -> None:
    """In their order and their spelling, whatever bytes they are."""
    fields = b"x-a: 1\r\nX-B: \xff\r\nX-A: 2\r\nContent-Length: 2\r\n\r\n"
    seen, asked = await tapped(b"HTTP/1.1 200 All is \xfcber\r\n" + fields + b"ok")
    assert seen.received.line == b"HTTP/1.1 200 All is \xfcber"
    names = [(b"x-a", b"1"), (b"X-B", b"\xff"), (b"X-A", b"2"), (b"Content-Length", b"2")]
    assert [*seen.received.fields] == names
    sent = [seen.sent.line, *(b": ".join(pair) for pair in seen.sent.fields)]
    assert b"\r\n".join(sent) + b"\r\n\r\n" == asked
    assert (seen.data, seen.is_whole) == (b"ok", True)


async def test_the_target_is_in_origin_form_behind_a_proxy_too() -> None:
    """Which is asked in another form."""
    async with proxying() as proxy:
        seen, _ = await tapped(b"HTTP/1.1 204 X\r\n\r\n", proxy=proxy.url)
    assert seen.sent.line == b"GET /a%20b?q HTTP/1.1"
    assert seen.is_whole


async def test_chunks_are_undone_and_packing_is_not() -> None:
    """A body that does not unpack has been seen all the same."""
    head = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n"
    seen, _ = await tapped(head + b"4\r\nrubb\r\n3\r\nish\r\n0\r\n\r\n")
    assert seen.data == b"rubbish"


async def test_a_body_is_not_whole_before_its_end() -> None:
    """One that broke off, and one that its reader left."""
    seen, _ = await tapped(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\ncut")
    assert (seen.data, seen.is_whole) == (b"cut", False)
    seen, _ = await tapped(b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 900_000, First(10))
    assert 10 <= len(seen.data) < 900_000
    assert not seen.is_whole
