"""A page parsed once, and what several fields ask of it found once."""

from collections.abc import Mapping
from dataclasses import replace
from functools import cached_property

from selectolax.lexbor import LexborHTMLParser, LexborNode

from fetcher.extraction.fields.seen import hidden_in, joined, seen
from fetcher.extraction.fields.wholebody import ParsedBody, parse_body
from fetcher.extraction.title import first_title
from fetcher.model import RawPage
from fetcher.urls import Url, UrlError, join, parse

MAX_URL = 8000
"""Characters of a URL; all that RFC 9110, section 4.1, recommends to support."""

OF_HTML = ":not(svg *, math *)"
"""Behind a selector: but in SVG and MathML, where the same names mean other elements."""


class ParsedPage:
    """A page with its tree and the parts of it; each is made when it is first asked for."""

    def __init__(self, raw: RawPage) -> None:
        self.raw = raw

    @cached_property
    def _parsed(self) -> ParsedBody:
        return parse_body(self.raw.body, self.raw.content_type)

    @property
    def tree(self) -> LexborHTMLParser | None:
        """The document; None when the body is no markup."""
        return self._parsed.tree

    @property
    def encoding(self) -> str:
        """As in `model.Page`."""
        return self._parsed.encoding

    def css(self, selector: str) -> list[LexborNode]:
        """Every element that a valid selector matches, each once, in the document's order."""
        nodes = [] if self.tree is None else self.tree.css(selector)
        # An element that two selectors of a list match comes twice.
        return list({node.mem_id: node for node in nodes}.values()) if "," in selector else nodes

    @cached_property
    def metas(self) -> list[dict[str, str]]:
        """The attributes of each `meta` element."""
        return [_attributes(node) for node in self.css("meta")]

    @cached_property
    def link_elements(self) -> list[dict[str, str]]:
        """The attributes of each HTML `link` element with a URL."""
        return [_attributes(node) for node in self.css(f"link[href][rel]{OF_HTML}")]

    @cached_property
    def title(self) -> str | None:
        """As in `model.Page`."""
        title = None if self.tree is None else first_title(self.tree)
        return None if title is None else title.text

    @cached_property
    def hidden(self) -> frozenset[int]:
        """The elements that their attributes hide."""
        return frozenset() if self.tree is None else hidden_in(self.tree)

    @cached_property
    def seen_text(self) -> str | None:
        """All visible text; None when the body is no markup."""
        if self.tree is None:
            return None
        return "" if self.tree.body is None else joined(seen(self.tree.body, self.hidden))

    @cached_property
    def base(self) -> Url | None:
        """What relative URLs are resolved against; None when the page's own URL is not valid.

        The first `base` with an `href`, unless that is not valid or none of http (HTML standard,
        "document base URL" and "frozen base URL").
        """
        try:
            own = replace(parse(self.raw.url), fragment="")
        except UrlError:
            own = None
        first = next(iter(self.css(f"base[href]{OF_HTML}")), None)
        named = None if first is None else resolve(own, first.attrs.sget("href"))
        return own if named is None else replace(named, fragment="")


def resolve(base: Url | None, reference: str) -> Url | None:
    """Resolve a reference found in a page; None when it is not a http(s) URL, or too long."""
    if len(reference) > MAX_URL:
        return None
    try:
        url = parse(reference) if base is None else join(base, reference)
    except UrlError:
        return None
    return url if len(url.href) <= MAX_URL else None


def _attributes(node: LexborNode) -> dict[str, str]:
    # Without a value is with an empty one: HTML standard, "empty attribute syntax".
    attributes: Mapping[str, str | None] = node.attributes
    return {name: value or "" for name, value in attributes.items()}
