"""What the parser forgives, as curl and browsers do, and what it does not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fetcher.failures import FailureKind, Phase
from fetcher.transport.http_parser import repaired
from tests.support.raw import End, RawServer, Script, response
from tests.transport.asking import ask, failed, request, transport

OK = b"HTTP/1.1 200 OK\r\n"
CHUNKS = b"5\r\nhello\r\n0\r\n\r\n"


@pytest.mark.parametrize("cut", [0, 20, 45, 10_000], ids=lambda cut: f"cut-at-{cut}")
@pytest.mark.parametrize("connection", [b"", b"Connection: close\r\n"], ids=["keep", "close"])
@pytest.mark.parametrize(
    "rest",
    [
        b"Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello",
        b"Content-Length: 5\r\nA: b\r\ncontent-length:\t5, 5\r\n\r\nhello",
        b"Content-Length: 5,5\r\n\r\nhello",
        b"Content-Length: 5\r\n\r\nhello and bytes that nobody announced",
        b"Content-Length: 5\r\n\r\nhelloHTTP/1.1 500 Smuggled\r\n\r\n",
        b"Content-Length: 99\r\nTransfer-Encoding: chunked\r\n\r\n" + CHUNKS,
        b"Transfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n" + CHUNKS,
        b"Transfer-Encoding: chunked \t\r\n\r\n" + CHUNKS,
        b"Transfer-Encoding: Identity, Chunked\r\n\r\n" + CHUNKS,
        b"Transfer-Encoding: chunked\r\n\r\n" + CHUNKS + b"rubbish",
        b"A: a folded\r\n value\r\nContent-Length: 5\r\n\r\nhello",
    ],
)
async def test_one_body_is_read_out_of_a_bad_answer(
    rest: bytes, connection: bytes, cut: int
) -> None:
    """All of these mean `hello`, wherever the network cuts them."""
    answer = OK + connection + rest
    script = Script((answer[:cut], 0.02, answer[cut:]), End.HALF_CLOSE)
    async with RawServer(default=script) as server:
        exchange = await ask(server.url())
    assert (exchange.failure, exchange.status, exchange.page.title) == (None, 200, "hello")


async def test_interim_answers_are_passed_over() -> None:
    """100, 102 and 103 before the answer, together or apart, with a fault in the answer itself."""
    interim = b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"
    final = OK + b"Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello"
    scripts = {"/a": Script((interim + final,)), "/b": Script((interim, 0.05, final))}
    async with RawServer(scripts) as server:
        for path in scripts:
            exchange = await ask(server.url(path))
            assert (exchange.failure, exchange.page.title) == (None, "hello")


async def test_bytes_after_an_answer_never_answer_the_next_request() -> None:
    """A connection on which too much came is not used again."""
    smuggled = response(b"one", content_length=3) + response(b"smuggled")
    scripts = {"/1": Script((smuggled,), End.KEEP), "/2": Script((response(b"two"),), End.KEEP)}
    async with RawServer(scripts) as server, transport(waiting=1) as opened:
        first = await opened.send(request(server.url("/1")))
        second = await opened.send(request(server.url("/2")))
    assert (first.page.title, second.page.title) == ("one", "two")
    assert server.connections == 2


@pytest.mark.parametrize(
    "answer",
    [
        b"\r\n" + OK + b"\r\n",
        b"\n" + OK + b"\r\n",
        b"RTSP/1.0 200 OK\r\n\r\n",
        b"ICY 200 OK\r\n\r\n",
    ],
)
async def test_an_answer_begins_with_http(answer: bytes) -> None:
    """Blank lines before it and other protocols are refused."""
    async with RawServer(default=Script((answer,), End.HALF_CLOSE)) as server:
        exchange = await ask(server.url())
    failed(exchange, FailureKind.INVALID_RESPONSE, Phase.HEADERS)


@pytest.mark.parametrize("status", [b"000", b"042", b"099"])
async def test_a_status_below_100_is_none(status: bytes) -> None:
    """RFC 9110, section 15: three digits, the first of them 1 to 5 (others are let through)."""
    answer = b"HTTP/1.1 " + status + b" X\r\nContent-Length: 0\r\n\r\n"
    async with RawServer(default=Script((answer,))) as server:
        exchange = await ask(server.url())
    assert status.decode() in failed(exchange, FailureKind.INVALID_RESPONSE, Phase.HEADERS)


async def test_an_unusual_status_is_passed_on() -> None:
    """Some sites answer 999 to what they take for robots."""
    async with RawServer(default=Script((response(b"", 999),))) as server:
        exchange = await ask(server.url())
    assert (exchange.failure, exchange.status) == (None, 999)


LINES = st.lists(
    st.sampled_from(
        [
            b"Content-Length: 5", b"content-length:6", b"Content-Length: 5, 5", b"Content-Length:",
            b"Transfer-Encoding: chunked", b"Transfer-Encoding: gzip", b"A: Content-Length: 9",
            b"X-Content-Length: 7",
        ]
    )
)  # fmt: skip


@given(LINES, st.sampled_from([b"\r\n", b"\n"]))
def test_mending_touches_nothing_but_the_framing(lines: list[bytes], end: bytes) -> None:
    """Other lines stay, in order; mending twice changes nothing more."""
    head = end.join([b"HTTP/1.1 200 OK", *lines, b"", b""])
    once = repaired(head)
    assert repaired(once).split() == once.split()
    kept = [line for line in lines if line.startswith((b"A:", b"X-"))]
    assert [line for line in once.splitlines() if line.startswith((b"A:", b"X-"))] == kept
    assert once.startswith(b"HTTP/1.1 200 OK")
    assert once.endswith(end + end)


@given(LINES)
def test_different_lengths_are_left_to_be_refused(lines: list[bytes]) -> None:
    """Only equal ones are made one."""
    two = [b"Content-Length: 1", b"Content-Length: 2"]
    head = b"\r\n".join([b"HTTP/1.1 200 OK", *lines, *two, b"", b""])
    if b"Transfer-Encoding: chunked" not in lines or b"Transfer-Encoding: gzip" in lines:
        assert repaired(head) == head
