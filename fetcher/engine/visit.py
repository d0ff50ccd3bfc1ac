"""A target on its way, and what to do after each answer: pure decisions.

Redirects follow RFC 9110, section 15.4.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from fetcher import urls
from fetcher.failures import Failure, FailureKind, Phase
from fetcher.http_fields import decoded_value
from fetcher.model import Hop, Outcome, Response
from fetcher.settings import PrivateAddresses, Settings
from fetcher.transport import request_headers
from fetcher.transport.base import Exchange, Inquiry, Method
from fetcher.transport.resolver import is_public
from fetcher.transport.retry import Retrying, can_pass
from fetcher.urls import Url, UrlError

REDIRECTS = frozenset({301, 302, 303, 307, 308})

_RAW_BYTE = re.compile("[\udc80-\udcff]")


def target_of(
    exchange: Exchange, url: Url, hops: tuple[Hop, ...], limit: int, cookies_since: int = 0
) -> Url | Failure | None:
    """Return the URL that an answer redirects to, or a Failure if it cannot be followed.

    None if the answer is not a redirect.

    Args:
        exchange: The answer.
        url: Where it came from.
        hops: The redirects followed before.
        limit: How many may be followed; with 0, a redirect is an answer like any other.
        cookies_since: How many hops there were when a cookie was last set.
    """
    location = exchange.header("Location")
    if exchange.status not in REDIRECTS or not location or not limit:
        return None
    if len(hops) >= limit:
        return Failure.of(FailureKind.TOO_MANY_REDIRECTS, f"more than {limit}")
    try:
        found = urls.join(url, _as_reference(location))
    except UrlError as error:
        return Failure.of(FailureKind.INVALID_REDIRECT, f"Location {location[:200]!r}: {error}")
    if not exchange.set_cookies and found.href in _seen(url, hops[cookies_since:]):
        return Failure.of(FailureKind.REDIRECT_LOOP, f"back to {found.href[:200]}")
    return found


def _seen(url: Url, hops: tuple[Hop, ...]) -> set[str]:
    """Return the URLs that would answer as before; another cookie can change an answer."""
    return {url.href, *(hop.url.partition("#")[0] for hop in hops)}


def _as_reference(location: str) -> str:
    """Percent-encode the header's bytes that are not UTF-8, so that they arrive unchanged."""
    return _RAW_BYTE.sub(lambda byte: f"%{ord(byte[0]) - 0xDC00:02X}", location)


_CANNOT_CONNECT = frozenset(
    {
        FailureKind.CONNECT_REFUSED,
        FailureKind.CONNECT_TIMEOUT,
        FailureKind.CONNECT_FAILED,
        FailureKind.NETWORK_UNREACHABLE,
        FailureKind.PROXY_FAILED,
        FailureKind.TLS_FAILED,
    }
)
"""Failures after which a guessed https is replaced by http. An invalid certificate is not among
them: falling back would give up the protection that it exists for."""

_REFUSES_HEAD = frozenset(
    {
        FailureKind.READ_TIMEOUT,
        FailureKind.CONNECTION_CLOSED,
        FailureKind.CONNECTION_RESET,
        FailureKind.INVALID_RESPONSE,
    }
)
"""What servers without HEAD do, other than answer with an error."""
_ANY_METHOD = frozenset({429})
"""Errors that do not depend on the method: another request at once would be too much, too."""

_WAY = (
    Phase.INPUT,
    Phase.DNS,
    Phase.CONNECT,
    Phase.TLS,
    Phase.ROBOTS,
    Phase.HEADERS,
    Phase.BODY,
    Phase.REDIRECT,
    Phase.PARSE,
    Phase.INTERNAL,
)
"""The phases in the order in which a request goes through them."""


@dataclass(frozen=True, slots=True)
class Visit:
    """One target on its way.

    key: the same for two targets that need the same request. start: where an attempt begins.
    fragment: of the URL as it was written; it is not sent, and each row gets its own back. url: the
    next request's. inquiry: what is asked. method: the next request's. guessed: https was only
    assumed. no_https: why it was replaced by http. attempt: its number, from 1. elapsed: seconds of
    this attempt so far. cookies_since: how many hops there were when a cookie was last set.
    earlier: how earlier attempts ended.
    """

    key: str
    start: Url
    url: Url
    inquiry: Inquiry
    method: str = "GET"
    guessed: bool = False
    fragment: str = ""
    no_https: Failure | None = None
    attempt: int = 1
    hops: tuple[Hop, ...] = ()
    elapsed: float = 0.0
    public_only: bool = False
    jar: request_headers.Jar | None = None
    cookies_since: int = 0
    earlier: tuple[str, ...] = ()

    @property
    def at_home(self) -> bool:
        """True if this is the host that the input names, with no less protection than there."""
        start, url = self.start, self.url
        return url is start or (
            url.hostname == start.hostname and not (start.scheme == "https" != url.scheme)
        )


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Send another request at once, usually to another URL."""

    visit: Visit


@dataclass(frozen=True, slots=True)
class RetryLater:
    """Try again from the start, after `delay` seconds."""

    visit: Visit
    delay: float


@dataclass(frozen=True, slots=True)
class Done:
    """The end of the way."""

    outcome: Outcome


def plan(text: str, inquiry: Inquiry) -> Visit:
    """Return the visit for a URL as it was written; raises UrlError.

    Without a scheme it is https; then http if https cannot connect.
    """
    text = text.strip()
    if not text:
        raise UrlError("it is empty")
    if urls.is_masked(text):
        raise UrlError("its password was left out, as in all results; give the list that has it")
    guessed = not urls.has_scheme(text)
    written = urls.parse(f"https://{text}" if guessed else text)
    fragment = written.fragment
    url = Url(written.href, written.scheme, written.host) if fragment else written
    key = f"guessed {url.href}" if guessed else url.href
    if inquiry.key:
        key = f"{key} {inquiry.key}"  # no normalised URL has a space
    return Visit(key, url, url, inquiry, _first_method(inquiry), guessed, fragment)


def next_step(
    visit: Visit, exchange: Exchange, settings: Settings, retrying: Retrying
) -> Elsewhere | RetryLater | Done:
    """Decide what to do after an answer or a failure."""
    failure = exchange.failure
    if failure is not None and visit.guessed and not visit.hops:
        if visit.no_https is not None:
            failure = _neither(visit.no_https, failure)
            exchange = replace(exchange, failure=failure)
        elif _cannot_connect(failure):
            return Elsewhere(_over_http(visit, failure))
    if visit.inquiry.method is Method.HEAD_THEN_GET and _refuses_head(visit, exchange):
        # Its time does not count: no page is slow because its server refuses or ignores HEAD.
        return Elsewhere(replace(visit, method="GET"))
    if failure is None:
        where = target_of(
            exchange, visit.url, visit.hops, settings.max_redirects, visit.cookies_since
        )
        if isinstance(where, Url):
            return Elsewhere(_redirected(visit, exchange, where, settings))
        failure = where
    # Checked first: only failures are worth the cost of tenacity.
    if can_pass(exchange) and (delay := retrying.delay(exchange, visit.attempt)) is not None:
        return RetryLater(_from_start(visit, exchange), delay)
    return Done(_outcome(visit, exchange, failure))


def with_fragment(outcome: Outcome, fragment: str) -> Outcome:
    """Add the fragment of the requested URL to the final one (RFC 9110, section 10.2.2).

    A fragment that came from a redirect stays.
    """
    response = outcome.response
    if not fragment or response is None or "#" in response.url:
        return outcome
    return replace(outcome, response=replace(response, url=response.url + fragment))


def _first_method(inquiry: Inquiry) -> str:
    return "GET" if inquiry.method is Method.GET else "HEAD"


def _refuses_head(visit: Visit, exchange: Exchange) -> bool:
    """Return True if only a GET can tell what is there."""
    if visit.method != "HEAD":
        return False
    if exchange.failure is not None:
        return exchange.failure.kind in _REFUSES_HEAD
    return exchange.status >= 400 and exchange.status not in _ANY_METHOD


def _cannot_connect(failure: Failure) -> bool:
    if failure.kind is FailureKind.ROBOTS_UNREACHABLE:
        return failure.detail in _CANNOT_CONNECT  # its detail says why
    return failure.kind in _CANNOT_CONNECT


def _over_http(visit: Visit, failure: Failure) -> Visit:
    url = urls.parse("http" + visit.start.href.removeprefix("https"))
    return replace(visit, url=url, no_https=failure)


def _neither(https: Failure, http: Failure) -> Failure:
    """Return the failure to report for a URL without a scheme that failed both ways.

    The one that got further says more (a failed handshake more than a closed port); of two that
    got equally far it is https, which was tried first.
    """
    best = max(https, http, key=lambda failure: _WAY.index(failure.phase))
    return Failure(best.kind, best.phase, f"https: {_brief(https)}; http: {_brief(http)}")


def _brief(failure: Failure) -> str:
    return f"{failure.kind.value} {failure.detail}".rstrip()


def _redirected(visit: Visit, exchange: Exchange, where: Url, settings: Settings) -> Visit:
    hops = (*visit.hops, Hop(visit.url.href + visit.url.fragment, exchange.status))
    return replace(
        visit,
        url=where,
        hops=hops,
        elapsed=visit.elapsed + exchange.elapsed,
        public_only=settings.private_addresses is not PrivateAddresses.ALLOW
        and (visit.public_only or _came_from_public(visit.url, exchange, settings)),
        jar=request_headers.collect(visit.jar, exchange.set_cookies, visit.url),
        cookies_since=len(hops) if exchange.set_cookies else visit.cookies_since,
    )


def _from_start(visit: Visit, exchange: Exchange) -> Visit:
    """Return the next attempt, which starts from the beginning."""
    failure = exchange.failure
    came_to = str(exchange.status) if failure is None else failure.kind.value
    return Visit(
        visit.key,
        visit.start,
        visit.start,
        visit.inquiry,
        _first_method(visit.inquiry),
        visit.guessed,
        visit.fragment,
        attempt=visit.attempt + 1,
        earlier=(*visit.earlier, came_to),
    )


def _came_from_public(url: Url, exchange: Exchange, settings: Settings) -> bool:
    if settings.proxy is None:
        return is_public(exchange.ip)
    # With a proxy, the address is the proxy's: only the name itself can tell.
    name = url.hostname.removesuffix(".")
    if ":" in name or name[-1:].isdigit():
        return is_public(name)
    return "." in name and not name.endswith(".localhost")


def _outcome(visit: Visit, exchange: Exchange, failure: Failure | None) -> Outcome:
    response = None
    if exchange.status:
        response = Response(
            exchange.status,
            visit.url.href + visit.url.fragment,
            exchange.content_type,
            exchange.http_version,
            exchange.ip,
            exchange.bytes_read,
            exchange.bytes_saved,
            _kept(exchange.headers, visit.inquiry.headers),
            exchange.cached,
        )
    if failure is not None and visit.public_only and failure.kind is FailureKind.ADDRESS_DENIED:
        failure = Failure(FailureKind.REDIRECT_TO_PRIVATE, Phase.REDIRECT, failure.detail)
    elapsed = visit.elapsed + exchange.elapsed
    return Outcome(
        response,
        failure,
        visit.hops,
        visit.attempt,
        elapsed,
        exchange.timings,
        visit.earlier,
        exchange.tls,
    )


def _kept(headers: Mapping[str, str] | None, names: tuple[str, ...]) -> dict[str, str]:
    """Return the headers that the job wants."""
    if not names or headers is None:
        return {}
    wanted = frozenset(names)
    kept: dict[str, str] = {}
    for name, value in headers.items():  # a repeated header comes as often as it was sent
        if (lower := name.lower()) in wanted:
            text = decoded_value(value)
            kept[lower] = f"{kept[lower]}, {text}" if lower in kept else text
    return kept
