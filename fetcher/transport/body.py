"""The body of one answer: read as far as its reader wants, and checked for completeness."""

import asyncio
from contextlib import suppress

import aiohttp

from fetcher.failures import Failure, FailureKind, Phase
from fetcher.http_fields import decoded_value
from fetcher.model import NO_PAGE, BodyReader, Page
from fetcher.network_errors import IO_ERRORS, explain
from fetcher.transport.base import Tap, heads
from fetcher.transport.content_encoding import ContentDecoder, Undecodable, decoder_for

SHORT = 65_536
"""The largest rest of a body, in bytes, that is read to keep a connection that is needed again.

As much of an unwanted body is read, too: it shows whether the answer was complete.
"""
PATIENCE = 1.0
"""How long that may take, in seconds; the answer is known already."""


class _Unwanted:
    """Stands in for the reader of a body that nobody wants."""

    def __init__(self, limit: int) -> None:
        self._left = min(SHORT, limit)

    def feed(self, data: bytes) -> bool:
        self._left -= len(data)
        return self._left <= 0

    def finish(self) -> Page:
        return NO_PAGE


class Body:
    """Reads one body.

    response: not decoded by aiohttp. reader: None if the body is not wanted. limit: maximum bytes,
    before and after decompression. tap: sees what comes. count: bytes read so far, after
    decompression.
    """

    def __init__(
        self,
        response: aiohttp.ClientResponse,
        reader: BodyReader | None,
        limit: int,
        tap: Tap | None = None,
    ) -> None:
        self.count = 0
        self._content = response.content
        self._announced = response.content_length
        codings = response.headers.getall("Content-Encoding", ())
        self._encoding = decoded_value(", ".join(codings)) if codings else ""
        self._wanted = reader is not None
        self._reader = reader or _Unwanted(limit)
        self._page: Page | None = None
        self._limit = limit
        self._tap = tap
        if tap is not None:
            tap.heads(*heads(response))

    @property
    def left(self) -> int | None:
        """Announced bytes that have not come from the network; None if unknown."""
        if self._content.is_eof():
            return 0
        if self._announced is None:
            return None
        return max(0, self._announced - self._content.total_raw_bytes)

    async def read(self) -> Failure | None:
        """Feed the reader until it has enough; return what is wrong with the body, if anything."""
        if not self._wanted and (self.left or 0) > SHORT:
            return None
        try:
            decoder = decoder_for(self._encoding) if not self._content.at_eof() else None
            return await self._feed(decoder)
        except Undecodable as error:
            return Failure.of(FailureKind.BODY_UNDECODABLE, f"{self._encoding}: {error}")
        except IO_ERRORS as error:
            return explain(error, Phase.BODY)

    async def drain(self) -> None:
        """Read a short rest so that the connection can be used again; errors do not matter."""
        if self._content.is_eof() or (self.left or 0) > SHORT:
            return
        most = self._content.total_raw_bytes + SHORT
        with suppress(*IO_ERRORS):
            async with asyncio.timeout(PATIENCE):
                while self._content.total_raw_bytes <= most and await self._next():
                    pass

    def page(self) -> Page:
        """Return what the reader found."""
        return self._reader.finish() if self._page is None else self._page

    async def _feed(self, decoder: ContentDecoder | None) -> Failure | None:
        while data := await self._next():
            for piece in (data,) if decoder is None else decoder.unpack(data):
                room = self._limit - self.count
                self.count += min(len(piece), room)
                if self._reader.feed(piece[:room]) and self._is_enough():
                    return None
                if len(piece) > room:
                    return self._too_large()
            if self._content.total_raw_bytes > self._limit:
                return self._too_large()
        if decoder is not None and not decoder.complete:
            return Failure.of(FailureKind.BODY_TRUNCATED, f"the {self._encoding} stream breaks off")
        return None

    async def _next(self) -> bytes:
        """Return the next bytes from the network; b"" at the end."""
        data = await self._content.readany()
        if self._tap is not None:
            if data:
                self._tap.body(data)
            if self._content.at_eof():
                self._tap.end()
        return data

    def _is_enough(self) -> bool:
        """Return True if nothing more needs to be read after the reader had enough.

        If it gave up without a result, the rest is an unwanted body.
        """
        if self._page is None:
            self._page = self._reader.finish()
            if self._page == NO_PAGE and self._wanted:
                self._reader = _Unwanted(self._limit - self.count)
                return False
        return True

    def _too_large(self) -> Failure:
        return Failure.of(FailureKind.BODY_TOO_LARGE, f"over {self._limit} bytes")
