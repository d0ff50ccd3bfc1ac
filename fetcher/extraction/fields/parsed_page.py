"""A page parsed once: its tree and encoding, its visible text, and what several fields share."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from selectolax.lexbor import LexborHTMLParser, LexborNode

from fetcher.extraction.content_type import body_kind, looks_like_markup
from fetcher.extraction.encoding.decoders import NOT_ASCII_COMPATIBLE, decode
from fetcher.extraction.encoding.guess import encoding_of, is_utf8
from fetcher.extraction.encoding.sniffing import declared_in_tree, prescan, sniff_bom, utf16_xml
from fetcher.extraction.html_tree import parse_whole
from fetcher.extraction.title import first_title
from fetcher.model import RawPage
from fetcher.urls import Url, UrlError, join, parse

MAX_URL = 8000
"""Maximum characters of a URL: what RFC 9110, section 4.1, recommends supporting."""

OF_HTML = ":not(svg *, math *)"
"""A selector's suffix: not in SVG or MathML, where the same names mean other elements."""


@dataclass(frozen=True, slots=True)
class ParsedBody:
    """A body's tree and the encoding it was read by; None and "" if it is not markup."""

    tree: LexborHTMLParser | None = None
    encoding: str = ""


def parse_body(body: bytes, content_type: str) -> ParsedBody:
    """Parse a whole body by its Content-Type value and its own declarations.

    The encoding is that of the byte order mark, else of the header, else of an XML declaration in
    UTF-16, else of the first `meta` of the tree, else of the prescan, else a guess from the bytes:
    as in `TitleReader`, by the same standards, except that nothing is left unread.
    """
    kind = body_kind(content_type)
    if not (looks_like_markup(body) if kind.markup is None else kind.markup):
        return ParsedBody()
    if mark := sniff_bom(body[:4]):
        return _parsed_as(mark[0], body[mark[1] :])
    if kind.declaration:
        return _parsed_as(kind.declaration.encoding, body)
    if encoding := utf16_xml(body):
        return _parsed_as(encoding, body)
    return _undeclared(body)


def _undeclared(body: bytes) -> ParsedBody:
    """Parse by the likely encoding, and again if the tree declares another one."""
    prescanned = prescan(body)
    if is_utf8(body, whole=True):
        likely = "utf-8"
    else:
        likely = prescanned.encoding if prescanned else "windows-1252"
    tree = parse_whole(_as_utf8(body, likely))
    encoding = declared_in_tree(tree)
    if encoding is None:
        encoding = (prescanned or encoding_of(body, whole=True)).encoding
    if encoding == likely or (body.isascii() and encoding not in NOT_ASCII_COMPATIBLE):
        return ParsedBody(tree, encoding)
    return _parsed_as(encoding, body)


def _parsed_as(encoding: str, body: bytes) -> ParsedBody:
    return ParsedBody(parse_whole(_as_utf8(body, encoding)), encoding)


def _as_utf8(body: bytes, encoding: str) -> bytes:
    as_it_is = body.isascii() if encoding != "utf-8" else is_utf8(body, whole=True)
    if as_it_is and encoding not in NOT_ASCII_COMPATIBLE:
        return body
    return decode(body, encoding).encode()


# HTML standard, rendering, "hidden elements"; and elements for fallbacks or the user's input. With
# scripting on, as readers have it, `noscript` is not shown either.
_UNSEEN_TAGS = (
    "area base basefont datalist head iframe link meta noembed noframes noscript param rp script "
    "style template textarea title"
)

# Their edges do not separate words: HTML standard, "phrasing content" and "obsolete elements".
_INLINE_TAGS = (
    "a abbr acronym b bdi bdo big blink cite code data del dfn em font i ins kbd label mark nobr q "
    "ruby s samp small span strike strong sub sup time tt u var wbr"
)

_UNSEEN = frozenset({*_UNSEEN_TAGS.split(), "-comment"})
_INLINE = frozenset(_INLINE_TAGS.split())

_NOT_SHOWN = "[hidden]:not([hidden=until-found i]), dialog:not([open])"


def hidden_in(tree: LexborHTMLParser) -> frozenset[int]:
    """Return the `mem_id` of each element that an attribute hides."""
    return frozenset(node.mem_id for node in tree.css(_NOT_SHOWN))


def visible_pieces(root: LexborNode, hidden: frozenset[int]) -> list[str]:
    """Return the pieces of an element's visible text, in order, to be joined without a separator.

    There is at least one piece per visited node. The element itself counts as visible, even if it
    is a `script`, as for `innerText` (HTML standard), which this follows: what an element's type
    or attributes hide is left out; style sheets are not read.

    Args:
        root: the element.
        hidden: the elements that an attribute hides, from `hidden_in`.
    """
    pieces: list[str] = []
    # What to visit next, last first. A string stands for the end of an element.
    pending: list[LexborNode | str] = _children(root)
    while pending:
        node = pending.pop()
        if isinstance(node, str):
            pieces.append(node)
            continue
        tag = node.tag
        if tag == "-text":
            pieces.append(node.text_content or "")
        elif tag in _UNSEEN or (hidden and node.mem_id in hidden):
            pieces.append("")
        else:
            edge = "" if tag in _INLINE else " "
            pieces.append(edge)
            if edge:
                pending.append(edge)
            pending.extend(_children(node))
    return pieces


def _children(node: LexborNode) -> list[LexborNode | str]:
    children: list[LexborNode | str] = [*node.iter(include_text=True)]
    children.reverse()
    return children


def joined(pieces: list[str]) -> str:
    """Join pieces, and collapse each run of white space, including no-break spaces."""
    return " ".join("".join(pieces).split())


class ParsedPage:
    """A page with its tree and its parts, each made on first use."""

    def __init__(self, raw: RawPage) -> None:
        self.raw = raw

    @cached_property
    def _parsed(self) -> ParsedBody:
        return parse_body(self.raw.body, self.raw.content_type)

    @property
    def tree(self) -> LexborHTMLParser | None:
        """The document; None if the body is not markup."""
        return self._parsed.tree

    @property
    def encoding(self) -> str:
        """As in `model.Page`."""
        return self._parsed.encoding

    def css(self, selector: str) -> list[LexborNode]:
        """Return every element that a valid selector matches, each once, in document order."""
        nodes = [] if self.tree is None else self.tree.css(selector)
        # An element that two selectors of a list match occurs twice.
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
        """The elements that an attribute hides."""
        return frozenset() if self.tree is None else hidden_in(self.tree)

    @cached_property
    def visible_text(self) -> str | None:
        """All visible text; None if the body is not markup."""
        if self.tree is None:
            return None
        return "" if self.tree.body is None else joined(visible_pieces(self.tree.body, self.hidden))

    @cached_property
    def base(self) -> Url | None:
        """The base URL for relative URLs; None if the page's own URL is invalid.

        It is the first `base` with an `href`, if that is a valid http(s) URL, else the page's
        own URL (HTML standard, "document base URL" and "frozen base URL").
        """
        try:
            own = replace(parse(self.raw.url), fragment="")
        except UrlError:
            own = None
        first = next(iter(self.css(f"base[href]{OF_HTML}")), None)
        named = None if first is None else resolve(own, first.attrs.sget("href"))
        return own if named is None else replace(named, fragment="")


def resolve(base: Url | None, reference: str) -> Url | None:
    """Resolve a reference in a page; return None if it is not an http(s) URL or is too long."""
    if len(reference) > MAX_URL:
        return None
    try:
        url = parse(reference) if base is None else join(base, reference)
    except UrlError:
        return None
    return url if len(url.href) <= MAX_URL else None


def _attributes(node: LexborNode) -> dict[str, str]:
    # No value means an empty one: HTML standard, "empty attribute syntax".
    attributes: Mapping[str, str | None] = node.attributes
    return {name: value or "" for name, value in attributes.items()}
