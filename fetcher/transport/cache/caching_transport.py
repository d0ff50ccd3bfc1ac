"""A transport that answers from the cache if it can, and stores new answers there."""

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
"""The longest unwanted body of a redirect, in bytes, that is read all the same."""
_PIECE = 65_536
_SELDOM_WANTED = REDIRECTS | {204}
"""Answers that are stored for their heads."""


class _Nobody:
    """Stands in for the reader of an unwanted body; stops if that is long."""

    def __init__(self) -> None:
        self._left = _SHORT

    def feed(self, data: bytes) -> bool:
        self._left -= len(data)
        return self._left < 0

    def finish(self) -> Page:
        return NO_PAGE


@dataclass(slots=True)
class Copy:
    """Copies a body on its way to its reader, unless that stops early.

    most: bytes beyond which nothing is copied.
    """

    most: int
    _reader: BodyReader | None = None
    _pieces: list[bytes] = field(default_factory=list)
    _size: int = 0
    _kept: bool = False

    def opening(self, open_reader: OpenReader) -> OpenReader:
        """Return a function that opens the reader through this copy."""

        def open_copy(status: int, content_type: str) -> BodyReader | None:
            if status == _NOT_MODIFIED:
                return None  # the reader is opened later, for the stored body
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
        """The whole body; None if the reader stopped early, or it was too long.

        If the transport received all of it is for its exchange to say.
        """
        return b"".join(self._pieces) if self._kept else None

    def feed(self, data: bytes) -> bool:
        """Take the next bytes; return True if no more are needed."""
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
        """Return what the reader found."""
        assert self._reader is not None
        return self._reader.finish()


def read_again(open_reader: OpenReader, status: int, content_type: str, body: bytes) -> Page:
    """Return the page of a stored body, read as far as its reader needs."""
    reader = open_reader(status, content_type)
    if reader is None:
        return NO_PAGE
    for start in range(0, len(body), _PIECE):
        if reader.feed(body[start : start + _PIECE]):
            break
    return reader.finish()


_OWN_CONDITIONS = ("if-match", "if-none-match", "if-modified-since", "if-unmodified-since", "range")


class CachingTransport:
    """Sends requests through another transport, unless a stored answer will do (RFC 9111).

    A fresh answer is reused without a request. For a stale one, its validators are sent, and after
    a 304 its body goes to the request's own reader. A stale answer is never reused without
    validation, not even if the server fails: then the failure is the result. Answers that a reader
    did not read to the end are not stored. If the settings have conditions or ranges among their
    headers, the cache is bypassed.

    Args:
        inner: The other transport, entered and left with this one.
        store: Closed with this transport.
        settings: Those of the inner transport.
        now: The wall clock, seconds since the epoch.
        heuristic: See `lifetime`.
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
        self._is_bypassed = any(name in given for name in _OWN_CONDITIONS)

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
        if self._is_bypassed or request.method not in ("GET", "HEAD"):
            return await self._inner.send(request)
        key = self._keys.key(request)
        kept = await self._matching(key, request)
        if kept is not None and self._may_reuse(kept.entry, request):
            exchange = await self._reuse(kept, request)
            if exchange is not None:
                return exchange
        if request.method == "HEAD":
            return await self._only_head(kept, request)
        return await self._ask(key, kept, request)

    async def _matching(self, key: bytes, request: Request) -> Kept | None:
        """Return the latest stored answer to such a request (section 4.1)."""
        for kept in await self._store.find(key):
            varies = names(kept.entry.fields.getall("Vary", []))
            fits = kept.variant == self._keys.variant(request, varies)
            if fits and kept.entry.size <= self._most:
                return kept
        return None

    def _may_reuse(self, entry: CacheEntry, request: Request) -> bool:
        if request.tls:
            return False  # needs a connection
        if (request.public_only or self._private_denied) and not is_public(entry.ip):
            return False  # the transport has the last word on where a redirect may lead
        return is_fresh(entry, self._asked_with, self._now(), self._heuristic)

    async def _reuse(self, kept: Kept, request: Request) -> Exchange | None:
        began, entry = time.monotonic(), kept.entry
        body = await self._store.body(kept, self._now())
        if body is None:
            return None
        exchange = _answer(Exchange(ip=entry.ip, http_version=entry.http_version), entry)
        age = self._now() - birth(entry.fields, entry.span)
        fields = entry.fields.copy()
        fields["Age"] = str(int(age))  # section 4: required in an answer that is reused
        if request.method != "HEAD":
            page = read_again(request.open_reader, entry.status, entry.content_type, body)
            exchange = replace(exchange, page=page)
        elapsed = time.monotonic() - began
        return replace(exchange, headers=fields, cached="fresh", elapsed=elapsed)

    async def _ask(self, key: bytes, kept: Kept | None, request: Request) -> Exchange:
        """Send the request, with the validators of a stored answer, and store the new one."""
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
            # The stored answer is not the one that the server means, or is gone.
            return exchange_again or await self._ask(key, None, request)
        await self._settle(key, kept, request, exchange, copy.body, span)
        return exchange

    async def _validated(
        self, kept: Kept, request: Request, exchange: Exchange, span: ExchangeTimes
    ) -> Exchange | None:
        """Return the answer that a 304 confirms (section 4.3.4), None if it is not stored."""
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
        """Store a whole answer; delete the one that it replaces."""
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
        """Send HEAD; delete the stored answer if its body has changed (section 4.3.5)."""
        exchange = await self._inner.send(request)
        answered = exchange.failure is None and exchange.status < 300
        if kept is not None and answered and not is_same(kept.entry, storable(exchange.headers)):
            await self._store.drop(kept)
        return exchange


def _answer(exchange: Exchange, entry: CacheEntry) -> Exchange:
    """Return a stored answer for an exchange that did not bring its body."""
    return replace(
        exchange,
        status=entry.status,
        headers=entry.fields,
        content_type=entry.content_type,
        page=NO_PAGE,
        bytes_read=0,
        bytes_saved=0,
    )
