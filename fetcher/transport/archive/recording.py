"""A transport that archives every answer that passes through it."""

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack
from dataclasses import replace
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Self

from fetcher.extras import optional_library
from fetcher.failures import FailureKind
from fetcher.model import NO_PAGE, BodyReader, Page
from fetcher.settings import Settings
from fetcher.transport.archive.archive import Answer, ArchiveError, ArchiveWriter, Truncation
from fetcher.transport.archive.folder import FolderWriter
from fetcher.transport.base import Exchange, Head, OpenReader, Request, Transport
from fetcher.urls import without_login, without_passwords


class Tape:
    """Keeps the heads and the body of one exchange; a `Tap`.

    limit: how much of an otherwise unwanted body is read, in bytes after decompression.
    """

    def __init__(self, limit: int) -> None:
        self.sent: Head | None = None
        self.received: Head | None = None
        self.pieces: list[bytes] = []
        self.is_whole = False
        self._limit = limit
        self._alone: _Listener | None = None

    @property
    def is_alone(self) -> bool:
        """True if nobody else wants the body; what its reader returns means nothing then."""
        return self._alone is not None

    @property
    def is_full(self) -> bool:
        """True if a body that nobody else wants was cut at the limit."""
        return self._alone is not None and self._alone.has_enough

    def heads(self, sent: Head, received: Head) -> None:
        """Take the heads of the request and the answer."""
        self.sent, self.received = sent, received

    def body(self, data: bytes) -> None:
        """Take the next bytes."""
        self.pieces.append(data)

    def end(self) -> None:
        """Record that the whole body has come."""
        self.is_whole = True

    def opening(self, open_reader: OpenReader) -> OpenReader:
        """Return a function that opens a reader even if nobody but the archive wants the body."""

        def open_anyway(status: int, content_type: str) -> BodyReader | None:
            reader = open_reader(status, content_type)
            if reader is None:
                reader = self._alone = _Listener(self._limit)
            return reader

        return open_anyway


class _Listener:
    """Lets a body be read up to a limit; stopping there is no failure."""

    def __init__(self, limit: int) -> None:
        self._left = limit

    @property
    def has_enough(self) -> bool:
        return self._left <= 0

    def feed(self, data: bytes) -> bool:
        self._left -= len(data)
        return self.has_enough

    def finish(self) -> Page:
        # Not NO_PAGE, which would mean that the reader gave up.
        return Page(encoding_source="unread")


_WHY = {
    FailureKind.BODY_TOO_LARGE: Truncation.LENGTH,
    FailureKind.READ_TIMEOUT: Truncation.TIME,
    FailureKind.BODY_TRUNCATED: Truncation.DISCONNECT,
    FailureKind.CONNECTION_CLOSED: Truncation.DISCONNECT,
    FailureKind.CONNECTION_RESET: Truncation.DISCONNECT,
}


class RecordingTransport:
    """Sends requests through another transport, and returns each answer once it is written.

    Redirects, errors and pages that nobody reads are archived like any other, up to `max_bytes`.
    What a cache outside of this transport answers itself does not come here. A thread compresses
    and writes; meanwhile the answer waits, so that what was reported is on the disk, and memory is
    bounded by the requests in flight. `send` raises ArchiveError.

    Args:
        inner: The other transport, entered and left with this one.
        writer: Closed with this transport.
        settings: Those of the inner transport.
        now: The wall clock, seconds since the epoch.
    """

    def __init__(
        self,
        inner: Transport,
        writer: ArchiveWriter,
        settings: Settings,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._inner = inner
        self._writer = writer
        self._limit = settings.max_bytes
        self._now = now
        self._thread = ThreadPoolExecutor(1, "fetcher-archive")

    async def __aenter__(self) -> Self:
        async with AsyncExitStack() as stack:
            stack.push_async_callback(self._close)
            await stack.enter_async_context(self._inner)
            self._open = stack.pop_all()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self._open.__aexit__(kind, error, traceback)

    async def send(self, request: Request) -> Exchange:
        """Send the request, and archive the answer if there is one."""
        tape, asked = Tape(self._limit), self._now()
        exchange = await self._inner.send(
            replace(request, tap=tape, open_reader=tape.opening(request.open_reader))
        )
        if tape.is_alone:
            exchange = replace(exchange, page=NO_PAGE)
        if (answer := _answer(request, exchange, tape, asked)) is not None:
            await self._in_thread(lambda: self._writer.write(answer))
        return exchange

    async def _close(self) -> None:
        await self._in_thread(self._writer.close)
        self._thread.shutdown(wait=False)

    async def _in_thread(self, work: Callable[[], None]) -> None:
        await asyncio.get_running_loop().run_in_executor(self._thread, work)


def _answer(request: Request, exchange: Exchange, tape: Tape, asked: float) -> Answer | None:
    if tape.sent is None or tape.received is None:
        return None
    is_validated = request.condition is not None and exchange.status == 304
    return Answer(
        url=without_login(request.url.href),
        method=request.method,
        status=exchange.status,
        content_type=exchange.content_type,
        ip=exchange.ip,
        sent=tape.sent,
        received=_masked(tape.received),
        pieces=tuple(tape.pieces),
        asked=asked,
        truncation=None if tape.is_whole else _truncation(exchange, tape),
        original=request.condition.asked if is_validated and request.condition else None,
    )


def _masked(head: Head) -> Head:
    """A server's head, without the passwords of URLs that it repeats, as in a Location."""
    if not any(b"@" in value for _, value in head.fields):
        return head
    fields = tuple([(name, _masked_value(value)) for name, value in head.fields])
    return Head(head.line, fields)


def _masked_value(value: bytes) -> bytes:
    return without_passwords(value.decode("latin-1")).encode("latin-1") if b"@" in value else value


def _truncation(exchange: Exchange, tape: Tape) -> Truncation:
    if exchange.failure is not None:
        return _WHY.get(exchange.failure.kind, Truncation.UNSPECIFIED)
    return Truncation.LENGTH if tape.is_full else Truncation.UNSPECIFIED


_SUFFIX = ".warc.gz"


def open_archive(path: Path, settings: Settings) -> ArchiveWriter:
    """Open a WARC file if the name ends in `.warc.gz`, or else a directory; create what is missing.

    An existing archive is continued, without the last answer of a killed process if that was cut
    off. settings: those of the transport. Raises ArchiveError, also if a library is missing.
    """
    name = path.name.lower()
    if name.endswith(_SUFFIX):
        with optional_library("warcio", "this format", partial(ArchiveError, str(path))):
            from fetcher.transport.archive.warc import WarcWriter
        return WarcWriter(path, settings)
    if name.endswith((".warc", ".gz", ".zst")):
        raise ArchiveError(str(path), f"name a directory, or a file that ends in {_SUFFIX}")
    return FolderWriter(path, settings.max_bytes)
