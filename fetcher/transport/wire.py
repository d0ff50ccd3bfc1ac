"""The heads of a request and its answer, as they went over the wire."""

import aiohttp

from fetcher.transport.base import Head


def heads(response: aiohttp.ClientResponse) -> tuple[Head, Head]:
    """The head of the request that a response answers, and the response's own (RFC 9112).

    The request's target is in origin form, also when it was sent through a proxy.
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
    """As aiohttp reads heads and writes them."""
    return text.encode("utf-8", "surrogateescape")
