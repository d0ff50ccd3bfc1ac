"""What the tests of the transport have in common: readers, asking for a URL, and judging words."""

import asyncio
import re
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import trustme

from fetcher import urls
from fetcher.failures import Failure, FailureKind, Phase
from fetcher.model import NO_PAGE, Certificate, Page
from fetcher.settings import Settings
from fetcher.transport.base import Exchange, Inquiry, Request
from fetcher.transport.client import AiohttpTransport
from fetcher.urls import Url
from tests.support.proxy import Proxy
from tests.support.raw import RawServer

JARGON = re.compile(
    r"Errno|Error|Exception|_ssl|0x[0-9a-f]|\bb['\"]|object at|<\w|aiohttp|\w+_\w+\(|\bNone\b"
)


class Whole:
    """A reader that takes everything."""

    def __init__(self) -> None:
        self.data = bytearray()

    def feed(self, data: bytes) -> bool:
        """Take the next bytes."""
        self.data += data
        return False

    def finish(self) -> Page:
        """Give the bytes as the title."""
        return Page(title=self.data.decode("latin-1"))


WHOLE = Inquiry(lambda status, kind: Whole())
"""Asks for whole bodies."""


class First:
    """A reader that has enough after some bytes; it finds nothing when `title` is None."""

    def __init__(self, enough: int, title: str | None = "found") -> None:
        self.enough = enough
        self.title = title
        self.got = 0

    def feed(self, data: bytes) -> bool:
        """Take the next bytes."""
        self.got += len(data)
        return self.got >= self.enough

    def finish(self) -> Page:
        """Say what was found."""
        return NO_PAGE if self.title is None else Page(title=self.title)


class Counting:
    """A reader that counts bytes and keeps none."""

    def __init__(self) -> None:
        self.got = 0

    def feed(self, data: bytes) -> bool:
        """Count the next bytes."""
        self.got += len(data)
        return False

    def finish(self) -> Page:
        """Give the count as the title."""
        return Page(title=str(self.got))


def settings(**changes: Any) -> Settings:
    """Settings for loopback: patient enough for a busy machine, and no retries."""
    return Settings(**{"timeout": 20.0, "connect_timeout": 20.0, "retries": 0, **changes})


@asynccontextmanager
async def transport(waiting: int = 0, **changes: Any) -> AsyncIterator[AiohttpTransport]:
    """A transport whose every host has so many requests waiting."""
    async with AiohttpTransport(settings(**changes), lambda url: waiting) as opened:
        yield opened


@asynccontextmanager
async def proxying(**options: Any) -> AsyncIterator[Proxy]:
    """A proxy that has time to let go of its last connection before it is stopped."""
    async with Proxy(**options) as proxy:
        yield proxy
        await asyncio.sleep(0.05)


def request(url: str | Url, reader: Any = None, **changes: Any) -> Request:
    """A request whose body goes to the reader, `Whole()` unless given."""
    parsed = urls.parse(url) if isinstance(url, str) else url
    return Request(parsed, lambda status, kind: reader or Whole(), **changes)


def unread(url: str) -> Request:
    """A request whose body nobody wants."""
    return Request(urls.parse(url), lambda status, kind: None)


async def ask(url: str, reader: Any = None, **changes: Any) -> Exchange:
    """Ask for one URL through a transport of its own; changes are to the settings."""
    async with transport(**changes) as opened:
        return await opened.send(request(url, reader))


async def ask_for_tls(url: str, **changes: Any) -> Exchange:
    """Ask for one URL and for its TLS facts."""
    async with transport(**changes) as opened:
        return await opened.send(request(url, tls=True))


def serving(leaf: trustme.LeafCert) -> RawServer:
    """A server with this certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    leaf.configure_cert(context)
    return RawServer(ssl_context=context)


def seen(exchange: Exchange) -> Certificate:
    """The certificate that was seen."""
    assert exchange.tls is not None
    assert exchange.tls.certificate is not None
    return exchange.tls.certificate


def failed(exchange: Exchange, kind: FailureKind, phase: Phase) -> str:
    """Check a failure's kind, phase and words; return its detail."""
    assert exchange.failure is not None, exchange
    assert (exchange.failure.kind, exchange.failure.phase) == (kind, phase), exchange.failure
    assert_plain(exchange.failure)
    return exchange.failure.detail


def assert_plain(failure: Failure) -> None:
    """Check that a failure is said in one line that needs no knowledge of libraries."""
    text = str(failure)
    assert text.isprintable(), repr(text)
    assert len(text) < 400
    assert not JARGON.search(failure.detail), failure.detail
    assert failure.detail == failure.detail.strip()
