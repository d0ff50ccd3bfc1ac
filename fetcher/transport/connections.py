"""Connections: timed while they are made, refused where they must not lead, closed in time.

A connection lives while its host has pending work, and no longer.
"""

import asyncio
import ssl
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import aiohttp

from fetcher import urls
from fetcher.failures import Failure, FailureKind, Phase
from fetcher.network_errors import KnownFailure, explain
from fetcher.transport.dns_client import LookupFailed
from fetcher.transport.http_parser import Protocol
from fetcher.transport.phase_timer import PhaseTimer, progress
from fetcher.transport.resolver import Resolver, is_address, is_public
from fetcher.urls import Url, UrlError

SWEEP = 1.0
"""How often idle connections are checked, in seconds."""


class Lifetimes:
    """Knows the idle connections of each origin, and closes those that nobody needs.

    waiting: returns how many requests wait for a URL's host. A connection is aiohttp's protocol
    object.
    """

    def __init__(self, waiting: Callable[[Url], int]) -> None:
        self._waiting = waiting
        self._idle: dict[Any, Url] = {}
        self._counts: dict[str, int] = {}
        self._timer: asyncio.TimerHandle | None = None

    def keep(self, connection: Any, url: Url, *, redirected: bool) -> bool:
        """Return True if a connection may stay open for another request after an answer.

        redirected: the answer redirects to the same origin; that request is not waiting yet.
        """
        if connection.should_close:
            return False
        if self._waiting(url) + redirected <= self._counts.get(url.origin, 0):
            return False
        self._idle[connection] = url
        self._counts[url.origin] = self._counts.get(url.origin, 0) + 1
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(SWEEP, self._sweep)
        return True

    def taken(self, connection: Any) -> None:
        """Record that a connection is in use, for the first time or again."""
        url = self._idle.pop(connection, None)
        if url is not None:
            self._counts[url.origin] -= 1
            if not self._counts[url.origin]:
                del self._counts[url.origin]

    def close(self) -> None:
        """Stop checking."""
        if self._timer is not None:
            self._timer.cancel()

    def _sweep(self) -> None:
        """Close connections that were kept for requests that never came."""
        for connection, url in list(self._idle.items()):
            if not connection.is_connected():
                self.taken(connection)
            elif self._waiting(url) < self._counts[url.origin]:
                self.taken(connection)
                connection.close()
        self._timer = None
        if self._idle:
            self._timer = asyncio.get_running_loop().call_later(SWEEP, self._sweep)


def handshake_begins() -> None:
    """Record that the connection is made and the TLS handshake begins."""
    progress.get().tls = time.monotonic()


class Stopped(aiohttp.ClientError, KnownFailure):
    """A request that must not go on, or must not be repeated by aiohttp."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(str(failure))
        self.failure = failure


class Leftover(aiohttp.ClientError):
    """What came on a used connection is not a response, and may not be meant as one.

    It can be the end of the last response, from a server that sends a body to HEAD, or a longer
    one than it said.
    """


class Seen(aiohttp.ClientError):
    """A connection was made only for its certificate; it is closed, and nothing was sent."""


class WatchedResolver(Resolver):
    """Records when a name is resolved, and hides private addresses where they are forbidden."""

    async def resolve(self, *args: Any, **kwargs: Any) -> Any:
        """Do what `Resolver.resolve` does."""
        found = await super().resolve(*args, **kwargs)
        now = progress.get()
        now.dns = time.monotonic()
        if now.public_only:
            public = [address for address in found if is_public(address["host"])]
            if not public:
                raise LookupFailed(FailureKind.ADDRESS_DENIED, _denial(args[0], found[0]["host"]))
            return public
        return found


class WatchedConnector(aiohttp.TCPConnector):
    """Records when a connection is started, made and reused; refuses forbidden addresses."""

    def __init__(self, lifetimes: Lifetimes, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._lifetimes = lifetimes
        self._factory: Any = partial(Protocol, loop=self._loop)

    async def connect(self, req: Any, *args: Any, **kwargs: Any) -> Any:
        """Do what `TCPConnector.connect` does.

        Raises Stopped if the address is denied, and Seen instead of returning a connection that was
        made only for its certificate.
        """
        now = progress.get()
        host = now.url.hostname
        if now.public_only and _is_private(host):
            raise Stopped(Failure.of(FailureKind.ADDRESS_DENIED, _denial(host)))
        connection = await super().connect(req, *args, **kwargs)
        self._lifetimes.taken(connection.protocol)
        if connection.transport is not None:
            now.peer = (connection.transport.get_extra_info("peername") or ("",))[0]
        # Checked here, too, because the connection may be an old one, from when the name had
        # another address. What a proxy connects to is up to the proxy.
        if now.public_only and req.proxy is None and not is_public(now.peer):
            connection.close()
            raise Stopped(Failure.of(FailureKind.ADDRESS_DENIED, _denial(host, now.peer)))
        if now.watches_tls and connection.transport is not None:
            _note_tls(now, connection.transport.get_extra_info("ssl_object"))
        if now.glance:
            connection.close()
            raise Seen
        return connection

    async def _create_connection(self, req: Any, *args: Any, **kwargs: Any) -> Any:
        # aiohttp documents this as the method to override. Its tracing would do as well, but costs
        # every request, not only those that connect.
        now = progress.get()
        now.connecting = time.monotonic()
        now.dns = now.tls = now.connected = now.sent = 0.0
        first = (req.proxy or req.url).raw_host
        if is_address(first):
            now.dns = now.connecting
        made = await super()._create_connection(req, *args, **kwargs)
        now.connected = time.monotonic()
        return made


def response_class(lifetimes: Lifetimes) -> type[aiohttp.ClientResponse]:
    """Create aiohttp's response class for a session whose connections have these lifetimes.

    aiohttp releases a connection the moment a body ends, often before the caller has seen the
    answer: so the decision must be made inside the response.
    """

    class Response(aiohttp.ClientResponse):
        _started = False

        async def start(self, connection: Any) -> aiohttp.ClientResponse:
            # Kept: what arrives later runs in the context of whoever made the connection.
            self._now = now = progress.get()
            now.sent = time.monotonic()
            now.first_byte = 0.0
            try:
                await super().start(connection)
            except (aiohttp.ClientOSError, aiohttp.ServerDisconnectedError) as error:
                if not now.connecting:
                    raise
                # If aiohttp saw this itself, it would repeat the request, which is right only if
                # an old connection turns out to have been closed.
                failure = explain(error, Phase.HEADERS)
                assert failure is not None
                raise Stopped(failure) from error
            except aiohttp.ClientResponseError as error:
                if now.connecting:
                    raise
                raise Leftover(str(error)) from error
            now.first_byte = time.monotonic()
            self._started = True
            if self.content.is_eof():
                self._response_eof()
            return self

        def _response_eof(self) -> None:
            # If the body comes together with the head, aiohttp calls this before it has set the
            # status and the headers, which the decision needs.
            connection = self._connection
            if not self._started:
                return
            if connection is not None and connection.protocol is not None:
                url = self._now.url
                redirected = leads_back(self, url)
                if not lifetimes.keep(connection.protocol, url, redirected=redirected):
                    connection.protocol.force_close()
            super()._response_eof()

    return Response


def leads_back(response: aiohttp.ClientResponse, url: Url) -> bool:
    """Return True if an answer redirects to the origin that it came from."""
    location = response.headers.get("Location")
    if not location or not 300 <= response.status < 400:
        return False
    try:
        return urls.join(url, location).origin == url.origin
    except UrlError:
        return False


def _note_tls(now: PhaseTimer, secured: ssl.SSLObject | None) -> None:
    if secured is not None:
        now.tls_version = (secured.version() or "").removeprefix("TLSv")
        now.certificate = secured.getpeercert(binary_form=True)


def _is_private(hostname: str) -> bool:
    """Return True if the name alone shows that it leads to a private address."""
    if is_address(hostname):
        return not is_public(hostname)
    return hostname == "localhost" or hostname.endswith(".localhost")


def _denial(host: str, address: str = "") -> str:
    return f"{host} is {address}" if address and address != host else f"{host} is private"
