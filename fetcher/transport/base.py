"""The interface between the engine and the network: one method, values in and out."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Protocol, Self

import aiohttp

from fetcher.failures import Failure
from fetcher.model import NO_PAGE, NO_TIMINGS, BodyReader, Cached, Page, Timings, TlsFacts
from fetcher.settings import Method as Method
from fetcher.urls import Url

OpenReader = Callable[[int, str], BodyReader | None]
"""Chooses the reader of a body by status and content type; None if the body is not wanted."""


@dataclass(frozen=True, slots=True)
class Inquiry:
    """What a job wants to know about one URL.

    open_reader: see OpenReader. headers: names of the response headers to keep, in lower case.
    tls: record the TLS version and the certificate, also the certificate of a server that cannot be
    verified. key: the same for two inquiries about one URL that can share an answer; "" in a job
    with only one kind. parse: makes the final page, if that takes longer than a reader may; it does
    not hold the host's slot.
    """

    open_reader: OpenReader
    method: Method = Method.GET
    headers: tuple[str, ...] = ()
    tls: bool = False
    key: str = ""
    parse: "Parse | None" = None


@dataclass(frozen=True, slots=True)
class Precondition:
    """Makes a request conditional on an answer that is stored already (RFC 9110, section 13.1).

    etag, last_modified: its validators, as the server sent them; "" for none. asked: when it was
    requested, seconds since the epoch.
    """

    etag: str
    last_modified: str
    asked: float


@dataclass(frozen=True, slots=True)
class Head:
    """The head of a message as it was sent: its first line, and its fields in order."""

    line: bytes
    fields: tuple[tuple[bytes, bytes], ...]


class Tap(Protocol):
    """Sees an answer as it comes from the network; must not raise or take long."""

    def heads(self, sent: Head, received: Head) -> None:
        """Take the heads of the request and the answer; called before the body is read."""
        ...

    def body(self, data: bytes) -> None:
        """Take the next bytes, without Transfer-Encoding, but with Content-Encoding."""
        ...

    def end(self) -> None:
        """Record that the whole body has come; may be called more than once."""
        ...


@dataclass(frozen=True, slots=True)
class Request:
    """One request to send.

    open_reader: see OpenReader. method: GET or HEAD. tls: see Inquiry. public_only: fail rather
    than connect to a private address (unless the settings allow those). cookie: the Cookie
    header's value, "" for none. at_home: secret headers of the settings may be sent, because no
    redirect has led to another host. condition: makes the request conditional. tap: see Tap.
    """

    url: Url
    open_reader: OpenReader
    public_only: bool = False
    cookie: str = ""
    at_home: bool = True
    method: str = "GET"
    tls: bool = False
    condition: Precondition | None = None
    tap: Tap | None = None


@dataclass(frozen=True, slots=True)
class Exchange:
    """The result of one request: an answer (status is set), a failure, or both.

    headers: the answer's, with names in any case. elapsed: seconds. bytes_read, bytes_saved, ip,
    cached: as in `model.Response`. tls: only if the request asked for it.
    """

    failure: Failure | None = None
    status: int = 0
    headers: Mapping[str, str] | None = None
    set_cookies: tuple[str, ...] = ()
    content_type: str = ""
    http_version: str = ""
    ip: str = ""
    page: Page = NO_PAGE
    bytes_read: int = 0
    bytes_saved: int = 0
    elapsed: float = 0.0
    timings: Timings = NO_TIMINGS
    tls: TlsFacts | None = None
    cached: Cached = ""

    def header(self, name: str) -> str:
        """Return a header's value, "" if it is absent."""
        return self.headers.get(name, "") if self.headers is not None else ""


Parse = Callable[[Url, Exchange], Awaitable[tuple[Failure | None, Page]]]
"""Makes the page of a final answer, from what its reader left in `Exchange.page`.

A Failure returned with it becomes the target's. Must not raise.
"""


class Transport(Protocol):
    """Sends one request; never raises for anything a network or a server can do."""

    async def send(self, request: Request) -> Exchange:
        """Send the request and read the answer as far as its reader wants it."""
        ...

    async def __aenter__(self) -> Self: ...

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None: ...


def heads(response: aiohttp.ClientResponse) -> tuple[Head, Head]:
    """Return the head of the request that a response answers, and the response's own (RFC 9112).

    The request's target is in origin form, even if it was sent through a proxy.
    """
    asked, version = response.request_info, response.version
    sent = Head(
        _bytes(f"{asked.method} {asked.url.raw_path_qs} HTTP/1.1"),
        tuple((_bytes(name), _bytes(value)) for name, value in asked.headers.items()),
    )
    protocol = f"HTTP/{version.major}.{version.minor}" if version else "HTTP/1.1"
    line = f"{protocol} {response.status:03d} {response.reason or ''}".rstrip()
    return sent, Head(_bytes(line), response.raw_headers)


def _bytes(text: str) -> bytes:
    """Encode text as aiohttp does for heads."""
    return text.encode("utf-8", "surrogateescape")
