"""The seam between the engine and the network: one method, values in and out."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Protocol, Self

from fetcher.failures import Failure
from fetcher.model import NO_PAGE, NO_TIMINGS, BodyReader, Page, Timings, TlsFacts
from fetcher.settings import Method as Method
from fetcher.urls import Url

OpenReader = Callable[[int, str], BodyReader | None]
"""Chooses the reader of a body by status and content type; None when it is not wanted."""


@dataclass(frozen=True, slots=True)
class Inquiry:
    """What a job wants to know of one URL.

    open_reader: see OpenReader. headers: names of the answer's headers to keep, in lower case.
    tls: whether to note the TLS version and the certificate, and to read the certificate of a
    server that could not be verified. key: what makes two inquiries for one URL the same, "" for
    those of a job that has only one.
    """

    open_reader: OpenReader
    method: Method = Method.GET
    headers: tuple[str, ...] = ()
    tls: bool = False
    key: str = ""


@dataclass(frozen=True, slots=True)
class Request:
    """One request to send.

    open_reader: see OpenReader. method: GET or HEAD. tls: see Inquiry. public_only: fail rather
    than connect to a private address (unless the settings allow those). cookie: the Cookie
    header's value, "" for none. at_home: whether the headers of the settings that are secret may be
    sent; not to another host that a redirect leads to.
    """

    url: Url
    open_reader: OpenReader
    public_only: bool = False
    cookie: str = ""
    at_home: bool = True
    method: str = "GET"
    tls: bool = False


@dataclass(frozen=True, slots=True)
class Exchange:
    """What became of one request: an answer (status set), or a failure, or both.

    headers: the answer's, names in any case. elapsed: seconds. bytes_read, bytes_saved, ip: as in
    `model.Response`. tls: only when the request asked for it.
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

    def header(self, name: str) -> str:
        """A header's value, "" when it is absent."""
        return self.headers.get(name, "") if self.headers is not None else ""


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


def as_text(value: str) -> str:
    """A header's value as it can be shown: printable, and valid Unicode.

    aiohttp hands down bytes that are no UTF-8 as lone surrogates, which no file takes.
    """
    if value.isprintable():
        return value
    text = value.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    return "".join(c for c in text if c.isprintable())
