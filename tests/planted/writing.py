"""Pages and redirects in the fewest words."""

from collections.abc import Sequence

from tests.support.raw import Script, response

HTML = (("Content-Type", "text/html; charset=utf-8"),)

CHUNKED = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n"

HTTP_1_0 = Script((b"HTTP/1.0 200 OK\r\nContent-Type: text/html\r\n\r\n<title>Old</title>",))
"""A page that ends with its connection."""


def page(
    title: str, body: bytes = b"", status: int = 200, headers: Sequence[tuple[str, str]] = ()
) -> Script:
    """A page with a title, and a body that holds more."""
    head = f"<!doctype html><title>{title}</title>".encode()
    return Script((response(head + body, status, (*HTML, *headers)),))


def moved(to: str, status: int = 301) -> Script:
    """A redirect."""
    return Script((response(b"", status, [("Location", to)]),))


def bare(status: int, *headers: tuple[str, str]) -> Script:
    """A status with headers and an empty body."""
    return Script((response(b"", status, headers),))
