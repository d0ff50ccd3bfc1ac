"""Cookies within one chain of redirects; nothing is kept from one target to the next.

Some sites set a cookie and redirect to the same URL, and loop for ever without it.
"""

from collections.abc import Sequence

import aiohttp
import yarl

from fetcher.urls import Url

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
