"""What a recording transport keeps of real exchanges."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from fetcher.model import NO_PAGE
from fetcher.transport.archive import ArchiveError, RecordingTransport, open_archive
from fetcher.transport.archive.archive import Answer
from fetcher.transport.archive.folder import INDEX
from fetcher.transport.cache import CachingTransport, open_store
from fetcher.transport.client import AiohttpTransport
from tests.support.raw import End, RawServer, Script, response
from tests.support.site import Site
from tests.transport.archive.archiving import NOW, check, recording, records
from tests.transport.asking import First, request, settings, unread


async def recorded(tmp_path: Path, answer: bytes, *parts: bytes | float, **changes: Any) -> Any:
    """The record of one answer, asked for as a whole."""
    path = tmp_path / "a.warc.gz"
    server = RawServer(default=Script((answer, *parts)))
    async with server, recording(path, **changes) as transport:
        exchange = await transport.send(request(server.url()))
    check(path)
    found = [record for record in records(path) if record.kind == "response"]
    return found[0], exchange


async def test_an_answer_is_recorded_as_it_came(tmp_path: Path) -> None:
    """Its head byte by byte, its body packed as it was; the reader gets what it always gets."""
    packed = gzip.compress(b"page")
    head = b"HTTP/1.1 200 Fine\r\nX-B: \xff\r\nx-a: 1\r\nX-A: 2\r\nContent-Encoding: gzip\r\n"
    answer = head + b"Content-Length: %d\r\n\r\n" % len(packed) + packed
    record, exchange = await recorded(tmp_path, answer)
    assert record.block == answer
    assert (record.content, exchange.page.title) == (b"page", "page")
    assert record.facts["WARC-IP-Address"] == "127.0.0.1"


async def test_the_request_is_recorded_as_it_was_sent(tmp_path: Path) -> None:
    """Without the credentials, which are not in the URL either."""
    path = tmp_path / "a.warc.gz"
    async with RawServer() as server, recording(path) as transport:
        await transport.send(request(server.url("/a%20b?q=%2F", "user:sesame@127.0.0.1")))
        head = server.requests[0].head
    assert b"Authorization" in head
    _, response_record, sent = records(path)
    lines = [line for line in head.split(b"\r\n") if not line.startswith(b"Authorization")]
    assert sent.block == b"\r\n".join(lines)
    assert response_record.facts["WARC-Target-URI"] == server.url("/a%20b?q=%2F")
    assert b"sesame" not in gzip.decompress(path.read_bytes())


@pytest.mark.parametrize(
    ("answer", "parts", "reason"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\ncut", (), "disconnect"),
        (
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\ncut\r\n",
            (),
            "disconnect",
        ),
        (response(b"x" * 900_000), (), "length"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\ncut", (60.0,), "time"),
    ],
    ids=["length", "chunked", "large", "slow"],
)
async def test_what_is_not_whole_says_why(
    tmp_path: Path, answer: bytes, parts: tuple[float, ...], reason: str
) -> None:
    """As much as came is there, beside the failure that the row has."""
    limits = {"timeout": 1.0} if parts else {"max_bytes": 4000}
    record, exchange = await recorded(tmp_path, answer, *parts, **limits)
    assert exchange.failure is not None
    assert record.facts["WARC-Truncated"] == reason
    assert record.content


async def test_what_a_reader_leaves_is_marked(tmp_path: Path) -> None:
    """It stopped early; nobody knows what else there was."""
    path = tmp_path / "a.warc.gz"
    server = RawServer(default=Script((response(b"x" * 900_000),)))
    async with server, recording(path) as transport:
        exchange = await transport.send(request(server.url(), First(10)))
    assert exchange.page.title == "found"
    assert records(path)[1].facts["WARC-Truncated"] == "unspecified"


@pytest.mark.parametrize("size", [0, 10, 300_000])
async def test_what_nobody_wants_is_recorded_whole(tmp_path: Path, size: int) -> None:
    """An image among the pages, or what an error says; the row is as it would be without."""
    path = tmp_path / "a.warc.gz"
    server = RawServer(default=Script((response(b"x" * size, 404),)))
    async with server, recording(path) as transport:
        exchange = await transport.send(unread(server.url()))
    assert (exchange.failure, exchange.status, exchange.page) == (None, 404, NO_PAGE)
    record = records(path)[1]
    assert record.content == b"x" * size
    assert "WARC-Truncated" not in record.facts


async def test_what_nobody_wants_is_no_failure_for_being_large(tmp_path: Path) -> None:
    """It is recorded up to --max-bytes."""
    path = tmp_path / "a.warc.gz"
    server = RawServer(default=Script((response(b"x" * 900_000),)))
    async with server, recording(path, max_bytes=9000) as transport:
        exchange = await transport.send(unread(server.url()))
    assert (exchange.failure, exchange.page) == (None, NO_PAGE)
    record = records(path)[1]
    assert 9000 <= len(record.content) < 900_000
    assert record.facts["WARC-Truncated"] == "length"


async def test_a_request_without_an_answer_leaves_nothing(tmp_path: Path) -> None:
    """There is nothing to record."""
    path = tmp_path / "a.warc.gz"
    async with RawServer(default=Script((), End.RESET)) as server, recording(path) as transport:
        exchange = await transport.send(request(server.url()))
    assert exchange.failure is not None
    assert [record.kind for record in records(path)] == ["warcinfo"]


async def test_a_304_from_the_cache_is_a_revisit(tmp_path: Path) -> None:
    """Of the time at which the first run recorded the whole answer."""
    path = tmp_path / "a.warc.gz"
    chosen, tag = settings(), (("ETag", '"x"'),)
    scripts = (Script((response(b"body", 200, tag),)), Script((response(b"", 304, tag),)))
    async with RawServer({"/": scripts}) as server:
        for cached in ("", "revalidated"):
            inner = RecordingTransport(
                AiohttpTransport(chosen), open_archive(path, chosen), chosen, lambda: NOW
            )
            store = open_store(tmp_path / "cache", 10**6)
            async with CachingTransport(inner, store, chosen, lambda: NOW) as transport:
                exchange = await transport.send(request(server.url()))
            assert (exchange.cached, exchange.page.title) == (cached, "body")
    check(path)
    kinds = [record.kind for record in records(path)]
    assert kinds == ["warcinfo", "response", "request", "warcinfo", "revisit", "request"]
    revisit, sent = records(path)[4:]
    assert revisit.facts["WARC-Refers-To-Date"] == records(path)[1].facts["WARC-Date"]
    assert revisit.block.startswith(b"HTTP/1.1 304 ")
    assert b'If-None-Match: "x"' in sent.block


async def test_every_answer_of_a_site_is_recorded(tmp_path: Path) -> None:
    """Redirects, errors, chunks and bombs, in a directory."""
    paths = ["/ok/1", "/redirect/1", "/status/500", "/chunked", "/truncated", "/bomb"]
    async with Site() as site, recording(tmp_path, max_bytes=100_000) as transport:
        for path in paths:
            await transport.send(request(site.url(path)))
    lines = [json.loads(line) for line in (tmp_path / INDEX).read_text().splitlines()]
    assert [line["url"] for line in lines] == [site.url(path) for path in paths]
    assert [line["status"] for line in lines] == [200, 302, 500, 200, 200, 200]
    reasons = [line["truncated"] for line in lines]
    assert reasons == [None, None, None, None, "disconnect", "length"]
    assert b"Page 1" in (tmp_path / lines[0]["file"]).read_bytes()
    assert (tmp_path / lines[5]["file"]).stat().st_size <= 100_000


async def test_an_archive_that_cannot_be_written_ends_it(tmp_path: Path) -> None:
    """No answer is given that is not on disk."""

    class Full:
        closed = False

        def write(self, answer: Answer) -> None:
            raise ArchiveError("a", "No space left on device")

        def close(self) -> None:
            self.closed = True

    writer, chosen = Full(), settings()
    async with RawServer() as server:
        transport = RecordingTransport(AiohttpTransport(chosen), writer, chosen)
        async with transport:
            with pytest.raises(ArchiveError, match="No space left"):
                await transport.send(request(server.url()))
    assert writer.closed
