"""`PageView`: a page as the user's own function receives it."""

import json
from collections.abc import Mapping
from functools import cached_property, lru_cache
from typing import Any

from fetcher.extraction.fields.parsed_page import ParsedPage
from fetcher.extraction.fields.selection import Selection, parse_selection
from fetcher.extraction.page_text import text_of
from fetcher.model import RawPage

_SHOWN_TITLE = 60


class PageView:
    """A fetched page: the server's response, and what its document contains.

    Nothing is decoded or parsed before it is needed, and then only once:

        def extract(page: PageView) -> dict[str, object]:
            return {"name": page.select("h1::text"), "images": page.select_all("img@src")}

    It can be pickled; its document is then parsed again where it is used.
    """

    def __init__(self, raw: RawPage) -> None:
        self._raw = raw
        self._parsed = ParsedPage(raw)

    @property
    def parsed(self) -> ParsedPage:
        """The parsed page that fields are extracted from."""
        return self._parsed

    @property
    def url(self) -> str:
        """The final URL, after redirects."""
        return self._raw.url

    @property
    def status(self) -> int:
        """The HTTP status code."""
        return self._raw.status

    @property
    def headers(self) -> Mapping[str, str]:
        """The response's headers, names in lower case."""
        return self._raw.headers

    @property
    def content_type(self) -> str:
        """The Content-Type header as it was sent; "" if absent."""
        return self._raw.content_type

    @property
    def body(self) -> bytes:
        """The body, decompressed, byte for byte."""
        return self._raw.body

    @property
    def encoding(self) -> str:
        """The encoding of the document, by its name in the Encoding standard, in lower case.

        "" if the body is not markup: `text` is then decoded by the header, or by its bytes.
        """
        return self.parsed.encoding

    @cached_property
    def text(self) -> str:
        """The whole decoded body: the markup, not what a reader sees (`select("body")`).

        Bytes that do not fit the encoding become U+FFFD.
        """
        return text_of(self.body, self.encoding, self.content_type)

    @property
    def title(self) -> str | None:
        """The document's title, white space collapsed; None without one, "" if it is empty.

        Source: HTML standard, `document.title`.
        """
        return self.parsed.title

    def select(self, css: str) -> str | None:
        """Return the first match of a CSS selector; None without one.

        Args:
            css: the selector, followed by the part to return: `::text` (the default: visible text,
                white space collapsed), `::html` (the inner markup) or `@name` (an attribute of the
                first element that has it, "" if it has no value).

        Raises:
            ValueError: the selector is invalid.
        """
        return _selection(css).first(self.parsed)

    def select_all(self, css: str) -> list[str]:
        """Return all matches of a CSS selector, in document order.

        Args:
            css: as for `select`. Elements without the attribute are left out.
        """
        return _selection(css).all(self.parsed)

    def json(self) -> Any:
        """Return the body parsed as JSON (RFC 8259). Raises ValueError if it is not JSON."""
        try:
            return json.loads(self.text)
        except RecursionError:
            raise ValueError("the body is nested too deeply to be read as JSON") from None

    def __repr__(self) -> str:
        parts = [str(self.status), self.url, self.content_type or "no content type"]
        parts.append(f"{len(self.body):,} bytes")
        if self.title is not None:
            short = self.title[:_SHOWN_TITLE] + ("…" if len(self.title) > _SHOWN_TITLE else "")
            parts.append(repr(short))
        return f"<PageView {', '.join(parts)}>"

    def __reduce__(self) -> tuple[type["PageView"], tuple[RawPage]]:
        return PageView, (self._raw,)


@lru_cache(maxsize=1024)
def _selection(css: str) -> Selection:
    found = parse_selection(css) or Selection(css.strip())
    if found.many:
        raise ValueError(f"{css!r} must not end in *: select() returns one match, select_all() all")
    return found
