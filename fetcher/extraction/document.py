"""The text that a reader of a document sees: all of it, its first heading, or parts of it."""

from selectolax.lexbor import LexborHTMLParser, LexborNode, SelectolaxError

from fetcher.extraction.title import collapse
from fetcher.extraction.wholeparse import parse_whole

_UNSEEN = ["head", "noscript", "script", "style", "template", "textarea", "title"]
_HEADINGS = "h1, h2, h3"


class Document:
    """A parsed document without what nobody reads, such as scripts.

    text: its markup, decoded. White space in what is returned is collapsed.
    """

    __slots__ = ("_tree",)

    def __init__(self, text: str) -> None:
        self._tree = parse_whole(text.encode("utf-8", "replace"))
        self._tree.strip_tags(_UNSEEN)

    @property
    def text(self) -> str:
        """All visible text, "" when there is none."""
        return "" if self._tree.body is None else _text(self._tree.body)

    @property
    def heading(self) -> str:
        """The first `h1` to `h3` that has text, "" when there is none."""
        return next(filter(None, map(_text, self._tree.css(_HEADINGS))), "")

    def selected(self, selector: str) -> list[str]:
        """The text of each element that a CSS selector matches, in the document's order.

        An element within another one that matches is part of that one's text. Raises ValueError
        for a selector that cannot be used.
        """
        return [_text(node) for node in _outermost(_css(self._tree, selector))]


def check_selector(selector: str) -> None:
    """Raise ValueError for a CSS selector that cannot be used."""
    _css(parse_whole(b""), selector)


def _css(tree: LexborHTMLParser, selector: str) -> list[LexborNode]:
    try:
        return tree.css(selector)
    except SelectolaxError:
        raise ValueError(f"{selector!r} is not a CSS selector") from None


def _outermost(nodes: list[LexborNode]) -> list[LexborNode]:
    chosen = {node.mem_id for node in nodes}
    return [node for node in nodes if not _is_within(node, chosen)]


def _is_within(node: LexborNode, chosen: set[int]) -> bool:
    parent = node.parent
    while parent is not None:
        if parent.mem_id in chosen:
            return True
        parent = parent.parent
    return False


def _text(node: LexborNode) -> str:
    # Words of neighbouring elements are words of their own.
    return collapse(node.text(separator=" "))
