"""A transport that answers from the cache what it can, and asks what it must.

A body on its way to its reader, copied; and a copy on its way there again.
"""

import time
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from types import TracebackType
from typing import Self

from multidict import CIMultiDict

from fetcher.model import NO_PAGE, BodyReader, Page
from fetcher.settings import PrivateAddresses, Settings
from fetcher.transport.base import Exchange, OpenReader, Request, Transport
from fetcher.transport.cache.cache_codec import Keys
from fetcher.transport.cache.cache_policy import REDIRECTS, CacheEntry, is_fresh, is_same, may_keep
from fetcher.transport.cache.cache_store import CacheStore, Kept
from fetcher.transport.cache.rfc9111 import Directives, ExchangeTimes, birth, names, storable
from fetcher.transport.resolver import is_public

_NOT_MODIFIED = 304


_SHORT = 65_536
"""The longest body of a redirect, in bytes, that is read although nobody wants it."""
_PIECE = 65_536
_SELDOM_WANTED = REDIRECTS | {204}
"""Answers that are kept for their heads."""


class _Nobody:
    """Stands in for the reader of a body that nobody wants; has enough of a long one."""

    def __init__(self) -> None:
        self._left = _SHORT

    def feed(self, data: bytes) -> bool:
        self._left -= len(data)
        return self._left < 0

    def finish(self) -> Page:
        return NO_PAGE


@dataclass(slots=True)
class Copy:
    """Copies a body that is read whole, on its way to its reader.

    most: bytes beyond which nothing is kept.
    """

    most: int
    _reader: BodyReader | None = None
    _pieces: list[bytes] = field(default_factory=list)
    _size: int = 0
    _kept: bool = False

    def opening(self, open_reader: OpenReader) -> OpenReader:
        """What opens the reader that the copy goes through."""

        def open_copy(status: int, content_type: str) -> BodyReader | None:
            if status == _NOT_MODIFIED:
                return None  # a reader is opened for the body that this stands for
            reader = open_reader(status, content_type)
            if reader is None and status in _SELDOM_WANTED:
                reader = _Nobody()
            if reader is None:
                return None
            self._reader, self._kept = reader, True
            return self

        return open_copy

    @property
    def body(self) -> bytes | None:
        """All the bytes that came; None when there may be more of them.

        Whether the transport got them all is for its exchange to say.
        """
        return b"".join(self._pieces) if self._kept else None

    def feed(self, data: bytes) -> bool:
        """Take the next bytes; true when nothing more is needed."""
        assert self._reader is not None
        self._size += len(data)
        has_enough = self._reader.feed(data)
        self._kept = self._kept and not has_enough and self._size <= self.most
        if self._kept:
            self._pieces.append(data)
        else:
            self._pieces.clear()
        return has_enough

    def finish(self) -> Page:
        """Say what the reader found."""
        assert self._reader is not None
        return self._reader.finish()


def read_again(open_reader: OpenReader, status: int, content_type: str, body: bytes) -> Page:
    """The page of a body that is kept, read no further than its reader needs."""
    reader = open_reader(status, content_type)
    if reader is None:
        return NO_PAGE
    for start in range(0, len(body), _PIECE):
        if reader.feed(body[start : start + _PIECE]):
            break
    return reader.finish()


_OWN_CONDITIONS = ("if-match", "if-none-match", "if-modified-since", "if-unmodified-since", "range")


class CachingTransport:
    """Sends requests through another transport, unless a kept answer will do (RFC 9111).

    inner: whatever it is, it is entered and left with this one. store: closed with it. settings:
    those of the inner one. now: the wall clock, seconds since the epoch. heuristic: see `lifetime`.

    A fresh answer is used without asking; of a stale one its validators are sent, and after a 304
    its body is read again by the request's own reader. Stale answers are never used unasked, not
    even when a server fails: what it says then is the news. Answers that a reader did not read
    whole are not kept. With conditions or ranges among the headers of the settings, the cache has
    no part in anything.
    """

    def __init__(
        self,
        inner: Transport,
        store: CacheStore,
        settings: Settings,
        now: Callable[[], float] = time.time,
        heuristic: float = 0.0,
    ) -> None:
        self._inner = inner
        self._store = store
        self._now = now
        self._heuristic = heuristic
        self._keys = Keys(settings, lambda: store.secret)
        self._most = settings.max_bytes
        self._private_denied = settings.private_addresses is PrivateAddresses.DENY
        given = CIMultiDict((name, value) for name, value in settings.headers)
        self._asked_with = Directives(given.getall("Cache-Control", ()))
        self._has_no_part = any(name in given for name in _OWN_CONDITIONS)

    async def __aenter__(self) -> Self:
        async with AsyncExitStack() as stack:
            stack.push_async_callback(self._store.aclose)
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
        """Answer from the cache, or send the request."""
        if self._has_no_part or request.method not in ("GET", "HEAD"):
            return await self._inner.send(request)
        key = self._keys.key(request)
        kept = await self._matching(key, request)
        if kept is not None and self._may_use_unasked(kept.entry, request):
            exchange = await self._unasked(kept, request)
            if exchange is not None:
                return exchange
        if request.method == "HEAD":
            return await self._only_head(kept, request)
        return await self._asked(key, kept, request)

    async def _matching(self, key: bytes, request: Request) -> Kept | None:
        """The latest answer that was given to such a request (section 4.1)."""
        for kept in await self._store.find(key):
            varies = names(kept.entry.fields.getall("Vary", []))
            fits = kept.variant == self._keys.variant(request, varies)
            if fits and kept.entry.size <= self._most:
                return kept
        return None

    def _may_use_unasked(self, entry: CacheEntry, request: Request) -> bool:
        if request.tls:
            return False  # only a connection can tell
        if (request.public_only or self._private_denied) and not is_public(entry.ip):
            return False  # the transport has the last word on where a redirect may lead
        return is_fresh(entry, self._asked_with, self._now(), self._heuristic)

    async def _unasked(self, kept: Kept, request: Request) -> Exchange | None:
        began, entry = time.monotonic(), kept.entry
        body = await self._store.body(kept, self._now())
        if body is None:
            return None
        exchange = _answer(Exchange(ip=entry.ip, http_version=entry.http_version), entry)
        age = self._now() - birth(entry.fields, entry.span)
        fields = entry.fields.copy()
        fields["Age"] = str(int(age))  # section 4: whoever does not ask has to say it
        if request.method != "HEAD":
            page = read_again(request.open_reader, entry.status, entry.content_type, body)
            exchange = replace(exchange, page=page)
        elapsed = time.monotonic() - began
        return replace(exchange, headers=fields, cached="fresh", elapsed=elapsed)

    async def _asked(self, key: bytes, kept: Kept | None, request: Request) -> Exchange:
        """Send the request, with the validators of what is kept, and keep the answer."""
        condition = kept.entry.condition if kept is not None else None
        copy = Copy(min(self._most, self._store.limit))
        asked = self._now()
        exchange = await self._inner.send(
            replace(request, condition=condition, open_reader=copy.opening(request.open_reader))
        )
        span = ExchangeTimes(asked, self._now())
        if exchange.failure is not None:
            return exchange
        if condition is not None and exchange.status == _NOT_MODIFIED:
            assert kept is not None
            exchange_again = await self._validated(kept, request, exchange, span)
            # What was kept is not what the server means, or it has gone meanwhile.
            return exchange_again or await self._asked(key, None, request)
        await self._settle(key, kept, request, exchange, copy.body, span)
        return exchange

    async def _validated(
        self, kept: Kept, request: Request, exchange: Exchange, span: ExchangeTimes
    ) -> Exchange | None:
        """The answer that a 304 stands for (section 4.3.4); None when it cannot be had."""
        fields = storable(exchange.headers)
        body = await self._store.body(kept, span.received)
        if body is None or not is_same(kept.entry, fields):
            await self._store.drop(kept)
            return None
        entry = kept.entry.validated(fields, span)
        if may_keep(entry, self._asked_with, bool(exchange.set_cookies)):
            await self._store.refresh(kept, entry, span.received)
        else:
            await self._store.drop(kept)
        page = read_again(request.open_reader, entry.status, entry.content_type, body)
        return replace(_answer(exchange, entry), page=page, cached="revalidated")

    async def _settle(
        self,
        key: bytes,
        kept: Kept | None,
        request: Request,
        exchange: Exchange,
        body: bytes | None,
        span: ExchangeTimes,
    ) -> None:
        """Keep a whole answer; forget the one that it replaces."""
        fields = storable(exchange.headers)
        entry = CacheEntry(
            exchange.status,
            fields,
            span,
            span.asked,
            exchange.ip,
            exchange.http_version,
            len(body or b""),
        )
        if body is not None and may_keep(entry, self._asked_with, bool(exchange.set_cookies)):
            variant = self._keys.variant(request, names(fields.getall("Vary", [])))
            await self._store.keep(key, variant, entry, body, span.received)
        elif kept is not None and exchange.status < 500:
            await self._store.drop(kept)

    async def _only_head(self, kept: Kept | None, request: Request) -> Exchange:
        """Ask with HEAD; what is kept goes when the answer is of another body (section 4.3.5)."""
        exchange = await self._inner.send(request)
        answered = exchange.failure is None and exchange.status < 300
        if kept is not None and answered and not is_same(kept.entry, storable(exchange.headers)):
            await self._store.drop(kept)
        return exchange


def _answer(exchange: Exchange, entry: CacheEntry) -> Exchange:
    """A kept answer, got by an exchange on which its body did not come."""
    return replace(
        exchange,
        status=entry.status,
        headers=entry.fields,
        content_type=entry.content_type,
        page=NO_PAGE,
        bytes_read=0,
        bytes_saved=0,
    )
