"""What is sent: the URL and the headers of a request.

Cookies within one chain of redirects; nothing is kept from one target to the next.

Some sites set a cookie and redirect to the same URL, and loop for ever without it.
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
"""Headers for the host that the input names, and for no other (as curl has it)."""


def session_headers(settings: Settings) -> list[tuple[str, str]]:
    """The headers of every request: those that were given, and ours where they were not."""
    own = {
        "User-Agent": settings.user_agent,
        "Accept": "text/html,*/*;q=0.8",
        "Accept-Encoding": ACCEPT_ENCODING,
    }
    given = {name.lower() for name, _ in settings.headers}
    open_ones = [pair for pair in settings.headers if pair[0].lower() not in _SECRET]
    return [*open_ones, *(pair for pair in own.items() if pair[0].lower() not in given)]


def secret_headers(settings: Settings) -> dict[str, str]:
    """The given headers that only the host of the input may see."""
    return {name.title(): value for name, value in settings.headers if name.lower() in _SECRET}


def address(
    request: Request, secrets: dict[str, str] | None = None
) -> tuple[yarl.URL, dict[str, str]]:
    """The URL to send a request to, without credentials, and the headers that are its own.

    secrets: see `secret_headers`.

    A user name and password in the URL become an Authorization header (RFC 7617) here, because
    aiohttp raises for some of those that are allowed in a URL: outside Latin-1, or with a colon.
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
    """Both are sent where both are known (RFC 9111, section 4.3.1)."""
    headers = {
        "If-None-Match": condition.etag,
        "If-Modified-Since": condition.last_modified,
    }
    return {name: value for name, value in headers.items() if value}


Jar = aiohttp.CookieJar


def collect(jar: Jar | None, set_cookies: Sequence[str], url: Url) -> Jar | None:
    """Add an answer's Set-Cookie headers; makes the jar when it is first needed."""
    if not set_cookies:
        return jar
    jar = jar or aiohttp.CookieJar(unsafe=True)  # "unsafe" means: hosts that are IP addresses too
    jar.update_cookies_from_headers(set_cookies, yarl.URL(url.href, encoded=True))
    return jar


def header(jar: Jar | None, url: Url) -> str:
    """The Cookie header for a request to the URL, "" when there is none (RFC 6265)."""
    if jar is None:
        return ""
    cookies = jar.filter_cookies(yarl.URL(url.href, encoded=True))
    pairs = (f"{morsel.key}={morsel.coded_value}" for morsel in cookies.values())
    # Bytes that are no UTF-8, or control characters, cannot be sent back as they came.
    return "; ".join(pair for pair in pairs if pair.isprintable())
