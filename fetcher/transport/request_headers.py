"""The URL and the headers that are sent with a request.

Cookies are kept only within one chain of redirects: some sites set a cookie and redirect to the
same URL, and loop endlessly without it.
"""

import base64
from collections.abc import Sequence
from urllib.parse import unquote_to_bytes

import aiohttp
import yarl

from fetcher.settings import Settings
from fetcher.transport.base import Precondition, Request
from fetcher.transport.content_encoding import ACCEPT_ENCODING
from fetcher.urls import Url

_SECRET = frozenset({"authorization", "cookie", "proxy-authorization"})
"""Headers only for the host that the input names, as in curl."""


def session_headers(settings: Settings) -> list[tuple[str, str]]:
    """Return the headers of every request: the given ones, and defaults for the rest."""
    own = {
        "User-Agent": settings.user_agent,
        "Accept": "text/html,*/*;q=0.8",
        "Accept-Encoding": ACCEPT_ENCODING,
    }
    given = {name.lower() for name, _ in settings.headers}
    open_ones = [pair for pair in settings.headers if pair[0].lower() not in _SECRET]
    return [*open_ones, *(pair for pair in own.items() if pair[0].lower() not in given)]


def secret_headers(settings: Settings) -> dict[str, str]:
    """Return the given headers that only the host of the input may receive."""
    return {name.title(): value for name, value in settings.headers if name.lower() in _SECRET}


def address(
    request: Request, secrets: dict[str, str] | None = None
) -> tuple[yarl.URL, dict[str, str]]:
    """Return the URL to send a request to, without credentials, and its particular headers.

    A user name and password in the URL become an Authorization header (RFC 7617) here, because
    aiohttp raises for some that a URL may contain: outside Latin-1, or with a colon.

    secrets: see `secret_headers`.
    """
    url = yarl.URL(request.url.href, encoded=True)
    headers = dict(secrets) if secrets and request.at_home else {}
    if request.cookie:
        given = headers.pop("Cookie", "")
        headers["Cookie"] = f"{given}; {request.cookie}" if given else request.cookie
    if request.condition is not None:
        headers.update(_preconditions(request.condition))
    if "@" in request.url.href and (url.raw_user is not None or url.raw_password is not None):
        pair = b":".join(map(unquote_to_bytes, (url.raw_user or "", url.raw_password or "")))
        headers["Authorization"] = f"Basic {base64.b64encode(pair).decode('ascii')}"
        url = url.with_user(None)
    return url, headers


def _preconditions(condition: Precondition) -> dict[str, str]:
    """Return the conditional headers; both are sent if known (RFC 9111, section 4.3.1)."""
    headers = {
        "If-None-Match": condition.etag,
        "If-Modified-Since": condition.last_modified,
    }
    return {name: value for name, value in headers.items() if value}


Jar = aiohttp.CookieJar


def collect(jar: Jar | None, set_cookies: Sequence[str], url: Url) -> Jar | None:
    """Add an answer's Set-Cookie headers to the jar, which is created when first needed."""
    if not set_cookies:
        return jar
    # "unsafe" means: also for hosts that are IP addresses.
    jar = jar or aiohttp.CookieJar(unsafe=True)
    jar.update_cookies_from_headers(set_cookies, yarl.URL(url.href, encoded=True))
    return jar


def header(jar: Jar | None, url: Url) -> str:
    """Return the Cookie header for a request to the URL, "" if there is none (RFC 6265)."""
    if jar is None:
        return ""
    cookies = jar.filter_cookies(yarl.URL(url.href, encoded=True))
    pairs = (f"{morsel.key}={morsel.coded_value}" for morsel in cookies.values())
    # Control characters, and bytes that are not UTF-8, cannot be sent back unchanged.
    return "; ".join(pair for pair in pairs if pair.isprintable())
