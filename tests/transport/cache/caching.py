"""What the tests of the cache have in common: a clock, and transports with a cache."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from multidict import CIMultiDict

from fetcher.transport.base import Exchange
from fetcher.transport.cache import CachingTransport, open_store
from fetcher.transport.cache.cache_policy import CacheEntry
from fetcher.transport.cache.rfc9111 import ExchangeTimes
from fetcher.transport.client import AiohttpTransport
from tests.support.raw import Script, response
from tests.transport.asking import request, settings

LIMIT = 10_000_000
NOW = 1_800_000_000.0
"""A moment to begin with: Fri, 15 Jan 2027 08:00:00 GMT."""
TODAY = "Fri, 15 Jan 2027 08:00:00 GMT"

MINUTE = ("Cache-Control", "max-age=60")
TAG = ("ETag", '"one"')
HTML = ("Content-Type", "text/html")


@dataclass(slots=True)
class Clock:
    """A wall clock that is moved by hand."""

    now: float = NOW

    def __call__(self) -> float:
        """Say the time."""
        return self.now


@asynccontextmanager
async def caching(
    directory: Path, clock: Clock | None = None, **changes: Any
) -> AsyncIterator[CachingTransport]:
    """A transport with a cache in a directory; changes are to the settings."""
    chosen = settings(**changes)
    inner = AiohttpTransport(chosen)
    store = open_store(directory, LIMIT, say=unexpected)
    async with CachingTransport(inner, store, chosen, clock or Clock()) as transport:
        yield transport


def unexpected(sentence: str) -> None:
    """Fail, because nothing is wrong with the store."""
    raise AssertionError(sentence)


async def ask(transport: CachingTransport, url: str, **changes: Any) -> Exchange:
    """Ask for one URL, its whole body as the title."""
    return await transport.send(request(url, **changes))


async def ask_anew(
    directory: Path, url: str, clock: Clock | None = None, **changes: Any
) -> Exchange:
    """Ask for one URL in a run of its own."""
    async with caching(directory, clock, **changes) as transport:
        return await ask(transport, url)


def entry(
    *fields: tuple[str, str], status: int = 200, size: int = 0, at: float = NOW
) -> CacheEntry:
    """An answer that came at once."""
    return CacheEntry(
        status, CIMultiDict(fields), ExchangeTimes(at, at), at, "127.0.0.1", "1.1", size
    )


def script(body: bytes = b"body", status: int = 200, *fields: tuple[str, str]) -> Script:
    """An answer with these fields."""
    return Script((response(body, status, (HTML, *fields)),))
