"""A whole body to a tree: in which encoding it is, and its markup parsed by that."""

from dataclasses import dataclass

from selectolax.lexbor import LexborHTMLParser

from fetcher.extraction.content_type import body_kind, looks_like_markup
from fetcher.extraction.decode import NOT_ASCII_COMPATIBLE, decode
from fetcher.extraction.meta import declared_in_tree
from fetcher.extraction.prescan import prescan, sniff_bom, utf16_xml
from fetcher.extraction.undeclared import encoding_of, is_utf8
from fetcher.extraction.wholeparse import parse_whole


@dataclass(frozen=True, slots=True)
class ParsedBody:
    """A body's tree, None for one that is no markup, and the encoding it was read by ("" then)."""

    tree: LexborHTMLParser | None = None
    encoding: str = ""


def parse_body(body: bytes, content_type: str) -> ParsedBody:
    """Parse a whole body by its Content-Type value and its own words.

    The encoding is that of the byte order mark, else of the header, else of an XML declaration in
    UTF-16, else of the first `meta` of the tree, else what the prescan finds, else the bytes say
    it: as `TitleReader` has it, by the same standards, but that nothing is left unread.
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
    """Parse by what is likely, and again when the tree declares something else."""
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
