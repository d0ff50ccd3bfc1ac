"""`Selection`: a CSS selector, and the part of the matching elements that is returned."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from selectolax.lexbor import LexborNode

from fetcher.extraction.fields.parsed_page import ParsedPage, joined, visible_pieces
from fetcher.extraction.page_text import check_selector

# Nested elements repeat their content, thousands of times if a page is made for it.
_MAX_CHARACTERS = 16 * 1024 * 1024
# The cost of finding a piece of text, even an empty one.
_CHARACTERS_A_PIECE = 16

_SUFFIX = re.compile(
    r"(?:::(?P<pseudo>[\w-]+)(?:\((?P<argument>[^()]*)\))?|@(?P<attribute>[^\s@*\"'\]]*))(?P<many>\*?)"
)
EXPECTED = "::text, ::html or @ATTRIBUTE after the selector, then * for all elements"


class ElementPart(Enum):
    """What is returned of an element: its visible text, its inner markup, or an attribute."""

    TEXT = "text"
    HTML = "html"
    ATTRIBUTE = "attribute"


@dataclass(frozen=True, slots=True)
class Selection:
    """A part of the first element that a CSS selector matches, or of all.

    Attributes:
        css: the selector, as lexbor supports it (Selectors Level 4).
        part: the part of the element.
        attribute: the attribute's name, for `ElementPart.ATTRIBUTE`.
        many: True for all elements.

    Raises:
        ValueError: the selector is invalid.
    """

    css: str
    part: ElementPart = ElementPart.TEXT
    attribute: str = ""
    many: bool = False

    def __post_init__(self) -> None:
        try:
            check_selector(self.css)
        except UnicodeEncodeError:
            raise ValueError(f"{self.css!r} is not a CSS selector") from None
        if self.part is ElementPart.ATTRIBUTE and not self.attribute:
            raise ValueError("an attribute needs a name after the @, such as @href")

    def first(self, page: ParsedPage) -> str | None:
        """Return the value of the first element that has one; None without one."""
        # Cheaper than finding all, and enough unless that element lacks the attribute.
        node = None if page.tree is None else page.tree.css_first(self.css)
        if node is None:
            return None
        pieces = self._pieces(node, page)
        if pieces is None:
            return next(self.each(page), None)
        return self._value(pieces)

    def all(self, page: ParsedPage) -> list[str]:
        """Return the value of each element that has one, in document order."""
        return list(self.each(page))

    def each(self, page: ParsedPage) -> Iterator[str]:
        """Yield what `all` returns; stops early if that becomes too much."""
        left = _MAX_CHARACTERS
        for node in page.css(self.css):
            pieces = self._pieces(node, page)
            if pieces is None:
                continue
            left -= _CHARACTERS_A_PIECE * len(pieces) + sum(map(len, pieces))
            if left < 0:
                return
            yield self._value(pieces)

    def _pieces(self, node: LexborNode, page: ParsedPage) -> list[str] | None:
        if self.part is ElementPart.TEXT:
            return visible_pieces(node, page.hidden)
        if self.part is ElementPart.HTML:
            return [node.inner_html or ""]
        attributes = node.attrs
        return [attributes.sget(self.attribute)] if self.attribute in attributes else None

    def _value(self, pieces: list[str]) -> str:
        return joined(pieces) if self.part is ElementPart.TEXT else pieces[0]


def parse_selection(text: str) -> Selection | None:
    """Parse `.price::text`, `a@href*`, `main::html`; return None without such a suffix.

    `::attr(href)` means `@href`. Raises ValueError for an unsupported suffix or an invalid
    selector.
    """
    text = text.strip()
    found = _match_suffix(text)
    if found is None:
        return None
    css, many = text[: found.start()].strip(), bool(found["many"])
    if not css:
        raise ValueError(f"{text!r} has no CSS selector before {found[0]!r}")
    if found["attribute"] is not None:
        return Selection(css, ElementPart.ATTRIBUTE, found["attribute"], many)
    if found["pseudo"] == "attr":
        return Selection(css, ElementPart.ATTRIBUTE, (found["argument"] or "").strip(), many)
    if found["pseudo"] not in ("text", "html") or found["argument"] is not None:
        raise ValueError(f"{found[0]!r} is not supported; expected {EXPECTED}")
    return Selection(css, ElementPart(found["pseudo"]), many=many)


def _match_suffix(text: str) -> re.Match[str] | None:
    """Match the suffix of a selection: from the last mark that reaches to the end."""
    for mark in (text.rfind("::"), text.rfind("@")):
        found = _SUFFIX.fullmatch(text, mark) if mark >= 0 else None
        if found:
            return found
    return None
