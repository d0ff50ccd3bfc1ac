"""Where a redirect leads, and whether it may be followed (RFC 9110, section 15.4)."""

import re

from fetcher import urls
from fetcher.failures import Failure, FailureKind
from fetcher.model import Hop
from fetcher.transport.base import Exchange
from fetcher.urls import Url, UrlError

REDIRECTS = frozenset({301, 302, 303, 307, 308})

_RAW_BYTE = re.compile("[\udc80-\udcff]")


def target_of(
    exchange: Exchange, url: Url, hops: tuple[Hop, ...], limit: int, cookies_since: int = 0
) -> Url | Failure | None:
    """The URL that an answer sends us to; a Failure when it cannot be followed.

    url: what answered. hops: the redirects followed before. limit: how many may be followed; 0
    means that none is, and that the redirect itself is the answer. cookies_since: how many hops
    were behind us when a cookie was last set. None when the answer is no redirect.
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
    """What would answer as before. With another cookie, the same URL can answer differently."""
    return {url.href, *(hop.url.partition("#")[0] for hop in hops)}


def _as_reference(location: str) -> str:
    """Percent-encode the header's bytes that are no UTF-8, so that they arrive as they were."""
    return _RAW_BYTE.sub(lambda byte: f"%{ord(byte[0]) - 0xDC00:02X}", location)
