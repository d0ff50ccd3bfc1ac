"""The title of a parsed document, and its place, which tells if later markup can change it."""

import re
from dataclasses import dataclass
from enum import Enum

from selectolax.lexbor import LexborHTMLParser, LexborNode


class _Context(Enum):
    """How a `title` start tag is parsed, by the element that it is in.

    Lexbor knows each element's namespace but selectolax does not expose it, so it is derived from
    the ancestors. Source: HTML standard, "tree construction dispatcher", "MathML text
    integration point", "HTML integration point" and "in foreign content".
    """

    HTML = "html"
    SVG = "svg"
    MATHML = "mathml"
    # HTML, except for two tags.
    MATHML_TEXT = "mathml text integration point"
    # MathML, except for `svg`.
    ANNOTATION = "annotation-xml"


_HTML_CONTEXTS = frozenset({_Context.HTML, _Context.MATHML_TEXT})
_ROOTS = {"svg": _Context.SVG, "math": _Context.MATHML}
_SVG_INTEGRATION_POINTS = frozenset({"foreignObject", "desc", "title"})
_MATHML_TEXT_INTEGRATION_POINTS = frozenset({"mi", "mo", "mn", "ms", "mtext"})
_MATHML_IN_TEXT = frozenset({"malignmark", "mglyph"})
_HTML_ENCODINGS = frozenset({"text/html", "application/xhtml+xml"})

_WHITESPACE_RUN = re.compile(r"[\t\n\f\r ]+")


class Place(Enum):
    """Where a title is, which decides what later markup can do to it.

    Nothing is ever inserted before the content of `head`, or removed from it. In `body`, later
    nodes come later in the tree, except for those that foster parenting puts before an open
    table; the adoption agency keeps the order of what it moves. And as long as nothing in `body`
    forbids it, a `frameset` tag replaces `body` with everything in it.
    """

    HEAD = "head"
    BODY = "body"
    TABLE = "table"


@dataclass(frozen=True, slots=True)
class Title:
    """A title element: its child text content with white space collapsed, and its place."""

    text: str
    place: Place


def collapse(text: str) -> str:
    """Strip and collapse ASCII white space. Source: DOM standard and Infra standard."""
    # Printable text has no white space but spaces, so most titles need only this test.
    if "  " in text or not text.isprintable():
        text = _WHITESPACE_RUN.sub(" ", text)
    return text.strip(" ")


def first_title(tree: LexborHTMLParser, *, single: bool = False) -> Title | None:
    """Return the first `title` element in the HTML namespace in tree order, or None.

    Source: HTML standard, `document.title`, scripting off.

    Args:
        tree: the document.
        single: True if the markup ends at its first title end tag, so that a title at the end of
            `head` is the only one there can be.
    """
    last = tree.head.last_child if single and tree.head is not None else None
    if last is not None and last.tag == "title":
        return Title(collapse(last.text(deep=False)), Place.HEAD)
    contexts: dict[int, _Context] = {}
    for node in tree.css("title"):
        if _context(node.parent, contexts) in _HTML_CONTEXTS:
            return Title(collapse(node.text(deep=False)), _place(node))
    return None


def _place(node: LexborNode) -> Place:
    parent = node.parent
    if parent is not None and parent.tag == "head":
        return Place.HEAD
    while parent is not None:
        if parent.tag == "table":
            return Place.TABLE
        parent = parent.parent
    return Place.BODY


def _context(node: LexborNode | None, contexts: dict[int, _Context]) -> _Context:
    """Return how start tags within a node are parsed; `contexts` caches it by node."""
    path = []
    while node is not None and node.mem_id not in contexts:
        path.append(node)
        node = node.parent
    context = _Context.HTML if node is None else contexts[node.mem_id]
    for element in reversed(path):
        context = _context_within(element, context)
        contexts[element.mem_id] = context
    return context


def _context_within(element: LexborNode, context: _Context) -> _Context:
    """Return the context within an element, from the one around it."""
    tag = element.tag or ""
    if context is _Context.MATHML_TEXT and tag in _MATHML_IN_TEXT:
        return _Context.MATHML
    if context in _HTML_CONTEXTS or (context is _Context.ANNOTATION and tag == "svg"):
        return _ROOTS.get(tag, _Context.HTML)
    if context is _Context.SVG:
        return _Context.HTML if tag in _SVG_INTEGRATION_POINTS else _Context.SVG
    if tag in _MATHML_TEXT_INTEGRATION_POINTS:
        return _Context.MATHML_TEXT
    if tag != "annotation-xml":
        return _Context.MATHML
    encoding = element.attributes.get("encoding") or ""
    return _Context.HTML if encoding.lower() in _HTML_ENCODINGS else _Context.ANNOTATION
