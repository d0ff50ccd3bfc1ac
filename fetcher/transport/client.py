"""The transport to the network: aiohttp, with one shared session."""

import math
import ssl
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from functools import cached_property
from types import TracebackType
from typing import Any, Self

import aiohttp

from fetcher.failures import Failure, FailureKind, Phase
from fetcher.http_fields import decoded_value
from fetcher.model import NO_PAGE, BodyReader, Certificate, TlsFacts
from fetcher.network_errors import IO_ERRORS, explain
from fetcher.settings import FixedAddress, PrivateAddresses, Settings, parse_name_server
from fetcher.transport.base import Exchange, Request
from fetcher.transport.body import Body
from fetcher.transport.connections import (
    Leftover,
    Lifetimes,
    WatchedConnector,
    WatchedResolver,
    handshake_begins,
    response_class,
)
from fetcher.transport.phase_timer import PhaseTimer, progress
from fetcher.transport.request_headers import address, secret_headers, session_headers
from fetcher.transport.tls import UNVERIFIED, make_context
from fetcher.urls import Url

KEEP_ALIVE = 15.0
"""How long an idle connection is kept for a host with pending work, in seconds."""
LONGEST_LINE = 65_536
"""The longest status line or header, in bytes; the same as in Python's http.client."""


class AiohttpTransport:
    """Sends requests through one aiohttp session.

    Raises ValueError for invalid settings. Enter it inside the running loop; that raises OSError if
    the file of --cacert cannot be read.

    Args:
        settings: How requests are sent.
        waiting: Returns how many requests wait for a URL's host; its connections are kept for them.
    """

    def __init__(self, settings: Settings, waiting: Callable[[Url], int] = lambda url: 0) -> None:
        self._settings = settings
        self._waiting = waiting
        self._headers = session_headers(settings)
        self._secrets = secret_headers(settings)
        self._fixed = tuple(map(FixedAddress.parse, settings.resolve))
        self._servers = tuple(map(parse_name_server, settings.dns_servers))

    async def __aenter__(self) -> Self:
        settings = self._settings
        context = make_context(settings, handshake_begins)
        self._lifetimes = Lifetimes(self._waiting)
        self._resolver = WatchedResolver(self._fixed, self._servers, fresh=settings.dns_cache)
        self._session = aiohttp.ClientSession(
            connector=WatchedConnector(
                self._lifetimes,
                resolver=self._resolver,
                use_dns_cache=False,  # the resolver has its own, which remembers failures, too
                limit=0,  # the frontier and the engine's window are the limits
                keepalive_timeout=KEEP_ALIVE,
                ssl=context,
            ),
            cookie_jar=aiohttp.DummyCookieJar(),
            headers=self._headers,
            response_class=response_class(self._lifetimes),
            timeout=aiohttp.ClientTimeout(
                total=settings.timeout,
                connect=settings.connect_timeout,
                ceil_threshold=math.inf,  # it would round timeouts above 5 s up to whole seconds
            ),
            auto_decompress=False,
            max_line_size=LONGEST_LINE,
            max_field_size=LONGEST_LINE,
            proxy=settings.proxy,
        )
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._lifetimes.close()
        await self._session.close()
        await self._resolver.close()

    async def send(self, request: Request) -> Exchange:
        """Send the request and read the answer as far as its reader wants it."""
        now = PhaseTimer(request.url, self._public_only(request), request.tls)
        progress.set(now)
        began = time.monotonic()
        response = body = failure = None
        try:
            response = await self._open(request)
            failure = self._refusal(response)
            if failure is None:
                reader = _reader(request, response)
                body = Body(response, reader, self._settings.max_bytes, request.tap)
                failure = await body.read()
                if failure is None and self._waiting(request.url):
                    await body.drain()
        except IO_ERRORS as error:
            failure = self._explained(error, now.phase())
        finally:
            if response is not None:
                response.close()
        exchange = _exchange(response, body, failure, now, began)
        return exchange if failure is None else await self._looked_into(request, exchange, failure)

    async def _open(self, request: Request, **options: Any) -> aiohttp.ClientResponse:
        """Send the request; return when the head of the answer has come."""
        url, headers = address(request, self._secrets)
        while True:
            try:
                return await self._session.request(
                    request.method, url, allow_redirects=False, headers=headers, **options
                )
            except Leftover:
                continue  # that connection is closed; sooner or later it is a new one

    @cached_property
    def _unchecked(self) -> ssl.SSLContext:
        return make_context(replace(self._settings, insecure=True), handshake_begins)

    def _public_only(self, request: Request) -> bool:
        rule = self._settings.private_addresses
        return rule is PrivateAddresses.DENY or (
            request.public_only and rule is not PrivateAddresses.ALLOW
        )

    def _refusal(self, response: aiohttp.ClientResponse) -> Failure | None:
        """Return what is wrong with the head of an answer."""
        if response.status == 407 and self._settings.proxy is not None:
            return Failure.of(FailureKind.PROXY_FAILED, "407: it wants other credentials")
        if response.status < 100:
            return Failure.of(FailureKind.INVALID_RESPONSE, f"status {response.status:03d}")
        # An answer to HEAD ends with its head, whatever that says (RFC 9112, section 6.3).
        if "Transfer-Encoding" in response.headers and response.method != "HEAD":
            return _transfer_failure(", ".join(response.headers.getall("Transfer-Encoding")))
        return None

    async def _looked_into(
        self, request: Request, exchange: Exchange, failure: Failure
    ) -> Exchange:
        """Return the exchange with the cause of its failure, if a second look can find that."""
        if failure.kind is FailureKind.DNS_TIMEOUT and not await self._resolver.is_answered():
            detail = f"no answer from {self._resolver.servers}"
            failure = Failure.of(FailureKind.RESOLVER_UNREACHABLE, detail)
            return replace(exchange, failure=failure)
        if request.tls and failure.kind in UNVERIFIED:
            certificate = await self._glance(request)
            if certificate is not None:
                from fetcher.transport import certificates  # see _certificate

                host = request.url.hostname
                detail = certificates.reasons(
                    failure.kind, failure.detail, certificate, host, time.time()
                )
                failure = Failure(failure.kind, failure.phase, detail)
                return replace(exchange, failure=failure, tls=TlsFacts("", certificate))
        return exchange

    async def _glance(self, request: Request) -> Certificate | None:
        """Return the certificate that could not be verified.

        It comes from another connection, on which nothing is sent; but for the verification it
        follows the same rules and limits as the first.
        """
        if (self._settings.proxy or "").startswith("https:"):
            return None  # the proxy would not be verified either, and it may get a password
        now = PhaseTimer(request.url, self._public_only(request), watches_tls=True, glance=True)
        progress.set(now)
        with suppress(*IO_ERRORS):
            await self._open(request, ssl=self._unchecked)
        return _certificate(now.certificate)

    def _explained(self, error: BaseException, phase: Phase) -> Failure:
        failure = explain(error, phase)
        if failure is None:
            raise error
        if failure.phase is Phase.DNS and self._settings.proxy is not None:
            # Only the proxy's own name is looked up here.
            return Failure.of(FailureKind.PROXY_FAILED, failure.detail or "looking up its name")
        return failure


def _reader(request: Request, response: aiohttp.ClientResponse) -> BodyReader | None:
    """Return the reader of the body; an answer to HEAD has none (RFC 9110, section 9.3.2)."""
    if request.method == "HEAD":
        return None
    return request.open_reader(response.status, _content_type(response))


def _transfer_failure(codings: str) -> Failure | None:
    """Return what is wrong with a Transfer-Encoding (RFC 9112, section 6.3).

    With anything but chunked, the end of the body is unknown, or there is more to decode.
    """
    names = {name.strip() for name in codings.lower().split(",")} - {"", "identity"}
    if not names or (names == {"chunked"} and codings.lower().endswith("chunked")):
        return None
    return Failure.of(FailureKind.INVALID_RESPONSE, f"Transfer-Encoding: {decoded_value(codings)}")


def _exchange(
    response: aiohttp.ClientResponse | None,
    body: Body | None,
    failure: Failure | None,
    now: PhaseTimer,
    began: float,
) -> Exchange:
    ended = time.monotonic()
    elapsed, timings = ended - began, now.timings(ended)
    if response is None:
        return Exchange(failure, elapsed=elapsed, timings=timings, tls=_tls_facts(now))
    version = response.version
    return Exchange(
        failure=failure,
        status=response.status,
        headers=response.headers,
        set_cookies=tuple(response.headers.getall("Set-Cookie", ())),
        content_type=_content_type(response),
        http_version=f"{version.major}.{version.minor}" if version else "",
        ip=now.peer,
        page=body.page() if body is not None and failure is None else NO_PAGE,
        bytes_read=body.count if body is not None else 0,
        bytes_saved=(body.left or 0) if body is not None else 0,
        elapsed=elapsed,
        timings=timings,
        tls=_tls_facts(now),
    )


def _tls_facts(now: PhaseTimer) -> TlsFacts | None:
    if not now.tls_version:
        return None
    return TlsFacts(now.tls_version, _certificate(now.certificate))


def _certificate(der: bytes | None) -> Certificate | None:
    if der is None:
        return None
    # Imported here because most runs do not need the library that reads certificates.
    from fetcher.transport import certificates

    return certificates.read(der)


def _content_type(response: aiohttp.ClientResponse) -> str:
    return decoded_value(response.headers.get("Content-Type", ""))
