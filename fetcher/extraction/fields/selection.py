"""A CSS selector, and what is taken of the elements that it matches."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from selectolax.lexbor import LexborNode

from fetcher.extraction.fields.parsed_page import ParsedPage, joined, seen
from fetcher.extraction.page_text import check_selector

# Elements in each other repeat what they hold, thousands of times where a page is made for it.
_MAX_CHARACTERS = 16 * 1024 * 1024
# What it costs to find a piece of text, be it empty.
_CHARACTERS_A_PIECE = 16

_SUFFIX = re.compile(
    r"(?:::(?P<pseudo>[\w-]+)(?:\((?P<argument>[^()]*)\))?|@(?P<attribute>[^\s@*\"'\]]*))(?P<many>\*?)"
)
EXPECTED = "::text, ::html or @ATTRIBUTE behind the selector, then * for all instead of the first"


class ElementPart(Enum):
    """What is taken of an element: its visible text, the markup in it, or an attribute."""

    TEXT = "text"
    HTML = "html"
    ATTRIBUTE = "attribute"


@dataclass(frozen=True, slots=True)
class Selection:
    """What is taken of a page: a part of the first element that a CSS selector matches, or of all.

    css: as lexbor has it (Selectors Level 4). attribute: the name of one, for
    `ElementPart.ATTRIBUTE`. many: whether all elements count. ValueError for a
    selector that cannot be used.
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
            raise ValueError("an attribute needs a name behind its @, such as @href")

    def first(self, page: ParsedPage) -> str | None:
        """The value of the first element that has one; None without one."""
        # Cheaper than to find them all, and enough unless the attribute is not on each.
        node = None if page.tree is None else page.tree.css_first(self.css)
        if node is None:
            return None
        pieces = self._pieces(node, page)
        if pieces is None:
            return next(self.each(page), None)
        return self._value(pieces)

    def all(self, page: ParsedPage) -> list[str]:
        """The value of each element that has one, in the document's order."""
        return list(self.each(page))

    def each(self, page: ParsedPage) -> Iterator[str]:
        """Do as `all` does, one by one; ends early where that would become too much."""
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
            return seen(node, page.hidden)
        if self.part is ElementPart.HTML:
            return [node.inner_html or ""]
        attributes = node.attrs
        return [attributes.sget(self.attribute)] if self.attribute in attributes else None

    def _value(self, pieces: list[str]) -> str:
        return joined(pieces) if self.part is ElementPart.TEXT else pieces[0]


def parse_selection(text: str) -> Selection | None:
    """Parse `.price::text`, `a@href*`, `main::html`; None when nothing says what to take.

    `::attr(href)` is `@href`. ValueError for what cannot be taken, and for a broken selector.
    """
    text = text.strip()
    found = _at_end(text)
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
        raise ValueError(f"{found[0]!r} is nothing that can be taken; expected {EXPECTED}")
    return Selection(css, ElementPart(found["pseudo"]), many=many)


def _at_end(text: str) -> re.Match[str] | None:
    """Find the suffix of a selection: from its last mark that reaches to the end."""
    for mark in (text.rfind("::"), text.rfind("@")):
        found = _SUFFIX.fullmatch(text, mark) if mark >= 0 else None
        if found:
            return found
    return None
