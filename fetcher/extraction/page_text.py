"""The text of a page: the decoded body, and what a reader sees of a document."""

from selectolax.lexbor import LexborHTMLParser, LexborNode, SelectolaxError

from fetcher.extraction.content_type import body_kind
from fetcher.extraction.encoding.decoders import decode
from fetcher.extraction.encoding.guess import encoding_of
from fetcher.extraction.encoding.sniffing import sniff_bom
from fetcher.extraction.html_tree import parse_whole
from fetcher.extraction.title import collapse

_UNSEEN_TAGS = ["head", "noscript", "script", "style", "template", "textarea", "title"]
_HEADINGS = "h1, h2, h3"
# In these, ASCII bytes may be part of other characters.
_AMBIGUOUS = frozenset(
    {
        "big5",
        "euc-kr",
        "gb18030",
        "gbk",
        "iso-2022-jp",
        "replacement",
        "shift_jis",
        "utf-16be",
        "utf-16le",
    }
)


class ParsedDocument:
    """A parsed document without what readers do not see, such as scripts.

    White space in what is returned is collapsed.

    Args:
        text: the decoded markup.
    """

    __slots__ = ("_tree",)

    def __init__(self, text: str) -> None:
        self._tree = parse_whole(text.encode("utf-8", "replace"))
        self._tree.strip_tags(_UNSEEN_TAGS)

    @property
    def text(self) -> str:
        """All visible text; "" if there is none."""
        return "" if self._tree.body is None else _text(self._tree.body)

    @property
    def heading(self) -> str:
        """The first `h1` to `h3` that has text; "" if there is none."""
        return next(filter(None, map(_text, self._tree.css(_HEADINGS))), "")

    def selected(self, selector: str) -> list[str]:
        """Return the text of each element that a CSS selector matches, in document order.

        A match within another match is part of that one's text. Raises ValueError for an invalid
        selector.
        """
        return [_text(node) for node in _outermost(_css(self._tree, selector))]


def check_selector(selector: str) -> None:
    """Raise ValueError if a CSS selector is invalid."""
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
    # Words of neighbouring elements are separate words.
    return collapse(node.text(separator=" "))


def text_of(body: bytes | bytearray, encoding: str, content_type: str) -> str:
    """Decode a whole body.

    Args:
        body: the bytes.
        encoding: the page's, by its name in the Encoding standard; "" if its reader did not look
            for one: then the byte order mark, the header or the bytes themselves decide.
        content_type: the header's value.
    """
    if mark := sniff_bom(bytes(body[:4])):
        return decode(body[mark[1] :], mark[0])
    if not encoding:
        declaration = body_kind(content_type).declaration or encoding_of(body, whole=True)
        encoding = declaration.encoding
    return decode(body, encoding)


def is_itself(text: str, encoding: str) -> bool:
    """True if a text's bytes in an encoding can be found exactly where its UTF-8 bytes are.

    ASCII text can, unless ASCII bytes may be part of another character.
    """
    return encoding == "utf-8" or (encoding != "" and text.isascii() and encoding not in _AMBIGUOUS)


_PREFIX = "data-"
