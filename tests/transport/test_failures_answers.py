"""Every way in which an answer goes wrong: too late, broken off, not HTTP, too large."""

import gzip
import zlib

import brotli
import pytest

from fetcher.failures import FailureKind, Phase
from tests.support.raw import End, RawServer, Script, response
from tests.support.site import Site
from tests.transport.asking import Counting, ask, failed

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
UNTIL_CLOSE = HEAD + b"\r\n"
TEN = HEAD + b"Content-Length: 10\r\n\r\n"

HEADERS, BODY = Phase.HEADERS, Phase.BODY
K = FailureKind


@pytest.mark.parametrize(
    ("parts", "end", "kind", "phase"),
    [
        ((), End.SILENT, K.READ_TIMEOUT, HEADERS),
        ((b"HTTP/1.1 200 OK\r\nA: ", *[0.1, b"x"] * 60), End.SILENT, K.READ_TIMEOUT, HEADERS),
        ((b"HTTP/1.1 100 Continue\r\n\r\n" * 3,), End.SILENT, K.READ_TIMEOUT, HEADERS),
        ((TEN, b"four"), End.SILENT, K.READ_TIMEOUT, BODY),
        ((CHUNKED, *[0.1, b"1\r\nx\r\n"] * 60), End.SILENT, K.READ_TIMEOUT, BODY),
        ((UNTIL_CLOSE, b"some"), End.SILENT, K.READ_TIMEOUT, BODY),
    ],
    ids=["silent", "drip-in-headers", "only-1xx", "length", "drip-in-body", "until-close"],
)
async def test_a_server_that_does_not_finish_is_a_read_timeout(
    parts: tuple[bytes | float, ...], end: End, kind: FailureKind, phase: Phase
) -> None:
    """However it delays, the whole request has its time and the phase says where it was."""
    async with RawServer(default=Script(parts, end)) as server:
        exchange = await ask(server.url(), timeout=0.6)
    failed(exchange, kind, phase)
    assert exchange.status == (200 if phase is BODY else 0)


@pytest.mark.parametrize(
    ("parts", "end", "kind", "detail"),
    [
        ((), End.CLOSE, K.CONNECTION_CLOSED, ""),
        ((), End.HALF_CLOSE, K.CONNECTION_CLOSED, ""),
        ((b"HTTP/1.1 200 OK\r\nA: b\r\n",), End.CLOSE, K.CONNECTION_CLOSED, "headers"),
        ((b"HTTP/1.1 100 Continue\r\n\r\n",), End.CLOSE, K.CONNECTION_CLOSED, ""),
        ((0.05,), End.RESET, K.CONNECTION_RESET, "reset"),
        ((b"HTTP/1.1 200 OK\r\nA: b\r\n", 0.2), End.RESET, K.CONNECTION_RESET, "reset"),
    ],
    ids=["closed", "half-closed", "in-the-headers", "after-100", "reset", "reset-in-headers"],
)
async def test_a_connection_that_ends_before_the_answer(
    parts: tuple[bytes | float, ...], end: End, kind: FailureKind, detail: str
) -> None:
    """Closed or reset, in the headers phase; and the request was sent once only."""
    async with RawServer(default=Script(parts, end)) as server:
        exchange = await ask(server.url())
    assert detail in failed(exchange, kind, HEADERS).lower()
    assert len(server.requests) == 1


@pytest.mark.parametrize("end", [End.CLOSE, End.RESET, End.HALF_CLOSE])
@pytest.mark.parametrize(
    "start",
    [
        TEN + b"four",
        CHUNKED + b"4\r\nfour\r\n",
        CHUNKED + b"9\r\nfour",
        CHUNKED + b"4\r\nfour\r\n0\r\n",
    ],
    ids=["length", "between-chunks", "in-a-chunk", "after-the-last-chunk"],
)
async def test_a_body_that_breaks_off_is_truncated(start: bytes, end: End) -> None:
    """By a close or a reset alike: what counts is that the body is not whole."""
    async with RawServer(default=Script((start, 0.1), end)) as server:
        exchange = await ask(server.url())
    failed(exchange, K.BODY_TRUNCATED, BODY)
    assert exchange.status == 200
    assert exchange.page.title is None


async def test_the_length_that_is_missing_is_said() -> None:
    """Four of ten bytes."""
    async with RawServer(default=Script((TEN + b"four",))) as server:
        exchange = await ask(server.url())
    assert failed(exchange, K.BODY_TRUNCATED, BODY) == "4 of 10 bytes came"


async def test_a_reset_is_not_the_end_of_a_body_that_lasts_until_the_close() -> None:
    """A FIN is, an RST is not."""
    async with RawServer(
        {
            "/fin": Script((UNTIL_CLOSE, b"some")),
            "/rst": Script((UNTIL_CLOSE, b"some", 0.1), End.RESET),
        }
    ) as server:
        whole = await ask(server.url("/fin"))
        cut = await ask(server.url("/rst"))
    assert (whole.failure, whole.page.title) == (None, "some")
    assert "reset" in failed(cut, K.BODY_TRUNCATED, BODY).lower()


@pytest.mark.parametrize(
    "answer",
    [
        b"hello, this is no HTTP at all\r\n\r\n",
        b"SSH-2.0-OpenSSH_9.6\r\n",
        b"HTTP/1.1 BLAH\r\n\r\n",
        b"HTTP/1.1 20 OK\r\n\r\n",
        b"HTTP/9.1 200 OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nA\0B: c\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nA: b\0c\x1b[31m\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nA: " + b"x" * 70_000 + b"\r\n\r\n",
        b"HTTP/1.1 200 " + b"x" * 70_000 + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 2_000 + b"\r\n",
        HEAD + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello!",
        HEAD + b"Content-Length: -5\r\n\r\nhello",
        HEAD + b"Content-Length: 99999999999999999999999\r\n\r\nhello",
        HEAD + b"Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
        HEAD + b"Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        HEAD + b"Transfer-Encoding: chunked, gzip\r\n\r\nhello",
        b"\x15\x03\x01\x00\x02\x02\x46",
    ],
    ids=[
        "text", "ssh", "status", "short-status", "version", "nul-in-name", "nul-in-value",
        "long-header", "long-reason", "many-headers", "two-lengths", "negative-length",
        "huge-length", "te-identity-last", "te-gzip", "te-gzip-last", "tls-alert",
    ],
)  # fmt: skip
async def test_what_is_not_http_is_an_invalid_response(answer: bytes) -> None:
    """The failure says what is wrong without showing the bytes."""
    async with RawServer(default=Script((answer,), End.HALF_CLOSE)) as server:
        exchange = await ask(server.url(), timeout=10.0)
    assert failed(exchange, K.INVALID_RESPONSE, HEADERS)


@pytest.mark.parametrize("pause", [0.0, 0.1], ids=["at-once", "later"])
@pytest.mark.parametrize("end", [End.CLOSE, End.SILENT])
@pytest.mark.parametrize("chunk", [b"zz\r\nhello\r\n", b"5\r\nhelloXX", b"ffffffffffffffffff\r\nx"])
async def test_a_bad_chunk_is_an_invalid_response_of_the_body(
    chunk: bytes, end: End, pause: float
) -> None:
    """It is noticed at once, whether it comes with the head or after it."""
    script = Script((CHUNKED + b"3\r\none\r\n", pause, chunk), end)
    async with RawServer(default=script) as server:
        exchange = await ask(server.url(), timeout=60.0)
    assert failed(exchange, K.INVALID_RESPONSE, BODY)
    assert exchange.status == 200


async def test_a_body_over_the_limit_is_too_large() -> None:
    """Reading stops there; exactly the limit is still allowed."""
    body = b"x" * 200_000
    async with RawServer(default=Script((response(body),))) as server:
        over = await ask(server.url(), max_bytes=199_999)
        exact = await ask(server.url(), max_bytes=200_000)
    assert failed(over, K.BODY_TOO_LARGE, BODY) == "over 199999 bytes"
    assert over.bytes_read == 199_999
    assert (exact.failure, exact.bytes_read) == (None, 200_000)


async def test_a_bomb_is_too_large_after_decompression() -> None:
    """64 MiB from 64 KiB of gzip: no more than the limit ever reaches the reader."""
    reader = Counting()
    async with Site() as site:
        exchange = await ask(site.url("/bomb"), reader, max_bytes=1_000_000)
    failed(exchange, K.BODY_TOO_LARGE, BODY)
    assert reader.got == 1_000_000


def encoded(coding: str, body: bytes) -> bytes:
    """A reply whose body claims a coding."""
    return response(body, headers=(("Content-Type", "text/html"), ("Content-Encoding", coding)))


@pytest.mark.parametrize(
    ("coding", "body"),
    [
        ("gzip", b"this is no gzip"),
        ("gzip", gzip.compress(b"x" * 99)[:-8] + b"\0" * 8),
        ("deflate", b"\xff\xff\xff\xff"),
        ("br", b"this is no brotli, not at all"),
        ("zstd", b"this is no zstd"),
        ("compress", b"\x1f\x9d\x90"),
        ("br, gzip", brotli.compress(b"the layers are the other way round")),
    ],
)
async def test_a_body_that_does_not_fit_its_coding_is_undecodable(coding: str, body: bytes) -> None:
    """Wrong from the start, wrong at its check sum, or in a coding that nobody speaks."""
    async with RawServer(default=Script((encoded(coding, body),))) as server:
        exchange = await ask(server.url())
    assert failed(exchange, K.BODY_UNDECODABLE, BODY)
    assert exchange.status == 200


@pytest.mark.parametrize(
    ("coding", "whole"),
    [("gzip", gzip.compress(b"x" * 999)), ("deflate", zlib.compress(b"x" * 999))],
)
async def test_a_compressed_stream_that_breaks_off_is_truncated(coding: str, whole: bytes) -> None:
    """HTTP says the body is complete; the stream inside says it is not."""
    async with RawServer(default=Script((encoded(coding, whole[:-5]),))) as server:
        exchange = await ask(server.url())
    assert coding in failed(exchange, K.BODY_TRUNCATED, BODY)
