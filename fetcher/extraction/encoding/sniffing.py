"""The encoding that a document declares, in its first bytes (prescan) or its `meta` elements."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from selectolax.lexbor import LexborHTMLParser, LexborNode

from fetcher.extraction.encoding.labels import get_encoding

PRESCAN_BYTES = 1024
"""How many bytes the HTML standard recommends prescanning."""

_BOMS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xfe\xff", "utf-16be"), (b"\xff\xfe", "utf-16le"))
_UTF16_XML = ((b"<\0?\0x\0", "utf-16le"), (b"\0<\0?\0x", "utf-16be"))


@dataclass(frozen=True, slots=True)
class Declaration:
    """A declared encoding.

    Attributes:
        encoding: its canonical name.
        source: where it is declared, as in `Page.encoding_source`.
    """

    encoding: str
    source: str


def sniff_bom(head: bytes) -> tuple[str, int] | None:
    """Return the encoding of a byte order mark and the mark's length, or None without one.

    Source: Encoding standard, "BOM sniff".
    """
    for mark, encoding in _BOMS:
        if head.startswith(mark):
            return encoding, len(mark)
    return None


def utf16_xml(head: bytes) -> str | None:
    """Return the encoding of an XML declaration in UTF-16 without byte order mark, or None.

    Source: HTML standard, "prescan for UTF-16 XML declarations".
    """
    return next((encoding for start, encoding in _UTF16_XML if head.startswith(start)), None)


def prescan(data: bytes | bytearray) -> Declaration | None:
    """Return the encoding that the first 1,024 bytes declare in markup, or None.

    Source: HTML standard, "prescan a byte stream to determine its encoding" with its fallback
    "get an XML encoding". More bytes do not change the result, except that a `meta` found later
    wins over an XML declaration.
    """
    head = bytes(data[:PRESCAN_BYTES])
    if utf16 := utf16_xml(head):
        return Declaration(utf16, "xml")
    # Nearly all declarations have `charset`; only pages with one need the scan below.
    if b"charset" in head.lower() and (declaration := _scan_markup(head)):
        return declaration
    encoding = xml_encoding(head) if head.startswith(b"<?xml") else None
    return Declaration(encoding, "xml") if encoding else None


_XML_ENCODING = re.compile(rb"encoding[\0-\x20]*=[\0-\x20]*(?:\"([^\">]*)\"|'([^'>]*)')")
_CONTROL_OR_SPACE = re.compile(r"[\0-\x20]")


def xml_encoding(head: bytes) -> str | None:
    """Return the encoding that an XML declaration at the very start names, or None.

    Source: HTML standard, "get an XML encoding".
    """
    end = head.find(b">")
    if not head.startswith(b"<?xml") or end < 0:
        return None
    position = head.find(b"encoding", 0, end)
    found = _XML_ENCODING.match(head, position) if position >= 0 else None
    if found is None:
        return None
    label = (found[1] if found[1] is not None else found[2]).decode("latin-1")
    return None if _CONTROL_OR_SPACE.search(label) else as_declared(get_encoding(label))


def as_declared(encoding: str | None) -> str | None:
    """Return the encoding to use for one that was declared in ASCII-compatible bytes.

    A declaration that can be read as ASCII cannot be right about UTF-16, and x-user-defined is
    meant for scripts. Source: HTML standard, "prescan", "change the encoding".
    """
    if encoding in ("utf-16le", "utf-16be"):
        return "utf-8"
    return "windows-1252" if encoding == "x-user-defined" else encoding


# The scanner's grammar. Possessive quantifiers (`*+`) keep it linear on hostile bytes: nothing is
# ever tried again, just as the standard's position pointer only moves forward.
_WS = rb"[\t\n\f\r ]"
_NAME = rb"[\t\n\f\r /]*+([^\t\n\f\r />][^\t\n\f\r />=]*+)"
_VALUE = rb"(?:\"([^\"]*+)\"|'([^']*+)'|([^\t\n\f\r >\"'][^\t\n\f\r >]*+)|(?=>))"
_ATTRIBUTE = rb"%b(?:%b*+=%b*+%b|(?!%b*+=))" % (_NAME, _WS, _WS, _VALUE, _WS)
_TAG_END = rb"[\t\n\f\r /]*+>"
_META = rb"<[Mm][Ee][Tt][Aa](?=[\t\n\f\r /])"
_NOT_META = re.compile(
    rb"(?:[^<]++"
    rb"|<!--(?>-?>|[\0-\xff]*?-->)"
    rb"|(?!%b)</?[A-Za-z][^\t\n\f\r >]*+(?:%b)*+%b"
    rb"|<(?:!(?!--)|\?|/(?![A-Za-z]))[^>]*+>"
    rb"|<(?![A-Za-z/!?]))*+" % (_META, _ATTRIBUTE, _TAG_END)
)
_META_START = re.compile(_META)
_GET_ATTRIBUTE = re.compile(_ATTRIBUTE)
_GET_TAG_END = re.compile(_TAG_END)


def _scan_markup(head: bytes) -> Declaration | None:
    """Return what the first `meta` with a supported encoding declares."""
    position = 0
    while True:
        skipped = _NOT_META.match(head, position)
        assert skipped is not None
        meta = _META_START.match(head, skipped.end())
        if meta is None:
            return None
        attributes, position = meta_attributes(head, meta.end())
        if position < 0:
            return None
        if encoding := _declared_by_attributes(attributes):
            return Declaration(encoding, "meta")


def meta_attributes(data: bytes | bytearray, position: int) -> tuple[dict[bytes, bytes], int]:
    """Return the attributes of a tag by lower-case name, and the tag's end.

    Args:
        data: the bytes.
        position: offset after the tag's name.

    Returns:
        The first attribute of each name, and the offset after the tag; -1 if the tag has no end.
    """
    attributes: dict[bytes, bytes] = {}
    while found := _GET_ATTRIBUTE.match(data, position):
        attributes.setdefault(found[1].lower(), found[2] or found[3] or found[4] or b"")
        position = found.end()
    end = _GET_TAG_END.match(data, position)
    return attributes, end.end() if end else -1


def _declared_by_attributes(attributes: dict[bytes, bytes]) -> str | None:
    charset, content = attributes.get(b"charset"), attributes.get(b"content")
    if charset is not None:
        return as_declared(get_encoding(charset.decode("latin-1")))
    if content is None or attributes.get(b"http-equiv", b"").lower() != b"content-type":
        return None
    return as_declared(extract_from_content(content.decode("latin-1")))


_CHARSET_VALUE = re.compile(
    r"charset[\t\n\f\r ]*=[\t\n\f\r ]*(?:\"([^\"]*)\"|'([^']*)'|([^\t\n\f\r ;\"'][^\t\n\f\r ;]*)|)",
    re.IGNORECASE | re.ASCII,
)


def extract_from_content(content: str) -> str | None:
    """Return the encoding that a `meta` element's content attribute names, or None.

    Source: HTML standard, "extracting a character encoding from a meta element".
    """
    found = _CHARSET_VALUE.search(content)
    if found is None:
        return None
    label = next((group for group in found.groups() if group is not None), None)
    return None if label is None else get_encoding(label)


# The only children of `head` that may hold a `meta` themselves.
_HEAD_CONTAINERS = frozenset({"noscript", "template"})


def declared_in_tree(tree: LexborHTMLParser) -> str | None:
    """Return the encoding that the tree's first `meta` with a supported one declares, or None.

    Contents of `template` elements count, as the parser meets them like any other. Source: HTML
    standard, the start tag `meta` in "in head", and "change the encoding".
    """
    return _declared_in_head(tree) or next(
        filter(None, map(_declared_by_element, _metas(tree))), None
    )


def _declared_in_head(tree: LexborHTMLParser) -> str | None:
    """Look among the children of `head`, where nearly every declaration is found at once."""
    node = None if tree.head is None else tree.head.first_child
    while node is not None and node.tag not in _HEAD_CONTAINERS:
        if node.tag == "meta" and (encoding := _declared_by_element(node)):
            return encoding
        node = node.next
    return None


def _declared_by_element(meta: LexborNode) -> str | None:
    attributes = meta.attributes
    encoding = get_encoding(attributes.get("charset") or "")
    if encoding is None and (attributes.get("http-equiv") or "").lower() == "content-type":
        encoding = extract_from_content(attributes.get("content") or "")
    return as_declared(encoding)


def _metas(tree: LexborHTMLParser) -> Iterator[LexborNode]:
    pending = tree.css("meta, template")[::-1]
    while pending:
        node = pending.pop()
        if node.tag == "meta":
            yield node
            continue
        for fragment in node.template_fragments():
            pending.extend(fragment.css("meta, template")[::-1])
