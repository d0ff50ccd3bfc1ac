"""Markup to a tree, in time that stays linear for markup that was made to take long.

`parse` is for the beginning of a document, `parse_whole` for all of it. Both leave out formatting
elements that multiply in the tree; deep nesting and hundreds of attributes are left out too, by
`parse_whole` only where they can matter.
"""

import re

from selectolax.lexbor import LexborDocumentOptions, LexborHTMLParser

# Without mutation events: only `selectedcontent` would need them, which no title does.
_OPTIONS = int(LexborDocumentOptions.WO_EVENTS)

# Lexbor takes its memory in large pieces for each document, which glibc returns to the system and
# requests again, page fault by page fault: 28 µs instead of 9 for a small parse. It keeps them
# once it has seen one large block freed. Other systems do not mind.
bytearray(4 * 1024 * 1024)

MAX_DEPTH = 512
"""Open elements, beyond which further start tags are ignored; browsers have the same limit."""

TITLE_END = re.compile(rb"</[Tt][Ii][Tt][Ll][Ee][\t\n\f\r />]")
"""A title's end tag, up to the character after its name, which ends the title's text for good."""

_WS = rb"\t\n\f\r "
_VALUE = rb"(?:\"[^\"]*+\"|'[^']*+'|[^%b>\"'][^%b>]*+)" % (_WS, _WS)
# What nearly every tag looks like: up to 64 attributes with a value, and some without. No
# character in it can mean anything else to a parser.
_PLAIN = rb"[^%b\"'=<>/]*+(?:[^\"'=<>]{1,64}+(?<=[^%b/])=%b){0,64}+[^\"'=<>]{0,64}+>" % (
    _WS,
    _WS,
    _VALUE,
)
_ATTRIBUTE = rb"[%b/]*+[^%b/>][^%b/>=]*+(?:[%b]*+=[%b]*+%b?+)?+" % (*((_WS,) * 5), _VALUE)


def parse(markup: bytes) -> LexborHTMLParser:
    """Parse a document's markup, which must be UTF-8, with scripting off.

    For many tags Lexbor searches its stack of open elements and the tag's list of attributes, so
    that a megabyte of `<div>` took it 53 seconds. What is nested deeper than `MAX_DEPTH`, or has
    hundreds of attributes, is turned into a comment first.
    """
    markup = without_endless_formatting(markup)
    if len(markup) > _HARMLESS_BYTES:
        markup = _tamed(markup)
    return LexborHTMLParser(markup, options=_OPTIONS)


def parse_whole(markup: bytes) -> LexborHTMLParser:
    """Parse a document's markup, which must be UTF-8, with scripting off.

    Markup that may take long goes through `parse`, which leaves out what is nested deeply or never
    closed; scanning for that takes several times as long as parsing. Formatting elements that are
    never closed are left out where a few kilobytes of them could become gigabytes.
    """
    markup = without_endless_formatting(markup)
    tags = markup.count(b"<")
    starts = tags - markup.count(b"</")
    if starts * tags <= _BEARABLE_STEPS and _has_bearable_tags(markup):
        return LexborHTMLParser(markup, options=_OPTIONS)
    return parse(markup)


# Formatting elements that are never closed, and multiply in a tree.
#
# They are opened again in each following block until they are closed (HTML standard,
# "reconstruct the active formatting elements"). There is at most one `a` and `nobr`, and at most
# three of the others without attributes or with the same ones.
_FORMATTING = re.compile(
    rb"<(?=[bBcCeEfFiIsStTuU])"
    rb"(?=(?i:b|big|code|em|font|i|s|small|strike|strong|tt|u)[%b/][^>])[^>]*+" % _WS
)
# Those that are closed at once, with only text and spans in them.
_TEXT_AND_SPANS = rb"[^<]*+(?:<span%b[^<]*+</span[%b]*+>[^<]*+)*+" % (_PLAIN, _WS)
_CLOSED_FORMATTING = re.compile(
    rb"<(b|big|code|em|font|i|s|small|strike|strong|tt|u)(?=[%b/])%b%b</\1[%b]*+>"
    % (_WS, _PLAIN, _TEXT_AND_SPANS, _WS),
    re.IGNORECASE,
)
# How many elements may be created this way; each takes about 150 bytes.
_BEARABLE_COPIES = 1_000_000


def without_endless_formatting(markup: bytes) -> bytes:
    """Turn formatting elements into comments where enough can be open to multiply.

    A few kilobytes of formatting elements that are never closed can become gigabytes of tree.
    """
    tags = markup.count(b"<")
    if tags * tags <= _BEARABLE_COPIES:
        return markup
    bearable = _BEARABLE_COPIES // tags
    found = [(tag.start(), tag[0]) for tag in _FORMATTING.finditer(markup)]
    if len(found) <= bearable:
        return markup
    closed = {tag.start() for tag in _CLOSED_FORMATTING.finditer(markup)}
    endless = [(start, tag) for start, tag in found if start not in closed]
    if min(len(endless), 3 * len({tag for _, tag in endless})) <= bearable:
        return markup
    return _commented_out(markup, [start for start, _ in endless])


def _commented_out(markup: bytes, starts: list[int]) -> bytes:
    """Turn the tags at these offsets into comments: `<?` starts one that ends at the next `>`."""
    changed = bytearray(markup)
    for start in starts:
        changed[start + 1] = 0x3F
    return bytes(changed)


# Deep nesting and many attributes, left out before Lexbor sees them.

# Below this size even markup made for the purpose is parsed in a few milliseconds.
_HARMLESS_BYTES = 16 * 1024
_MAX_ATTRIBUTES = 256
# Tags within a title are its text.
_TITLE_BYTES = 4096

_TOKEN = re.compile(
    rb"<(?:(/?)([A-Za-z][^\t\n\f\r />]*+)(?:%b){0,%d}+"
    rb"|!--(?:-?>|[\0-\xff]*?(?:--!?>|\Z))"
    rb"|[!?/][^>]*+)" % (_ATTRIBUTE, _MAX_ATTRIBUTES)
)
_MORE_ATTRIBUTES = re.compile(rb"[\t\n\f\r /]*[^\t\n\f\r />]")

# These never nest in each other: they close their like, have no content, or end foreign content.
_FLAT = frozenset(b"br dd dt embed head hr img li meta p title".split())

# Outside foreign content, the content of these is not markup.
_RAW_TEXT = b"iframe noembed noframes script style textarea xmp".split()
_RAW_TEXT_ENDS = {
    name: re.compile(rb"</%b[\t\n\f\r />]|\Z" % name, re.IGNORECASE) for name in _RAW_TEXT
}

_FOREIGN = frozenset({b"math", b"svg"})

# What decides if a title counts. These become comments only when hundreds of them are nested; the
# other elements, when hundreds of any kind are open or lack an end tag.
_STRUCTURAL = _FOREIGN.union(
    _RAW_TEXT,
    b"annotation-xml desc foreignobject frameset mi mn mo ms mtext noscript plaintext".split(),
    b"select table template".split(),
)


class _Depths:
    """Roughly how many elements are open, by the start and end tags of each name."""

    __slots__ = ("_by_kind", "_by_name")

    def __init__(self) -> None:
        self._by_name: dict[bytes, int] = {}
        self._by_kind = {True: 0, False: 0}

    def open(self, name: bytes) -> bool:
        """Count a start tag unless that would be too deep; return True if it was counted."""
        structural = name in _STRUCTURAL
        if self._by_kind[structural] >= MAX_DEPTH:
            return False
        self._by_name[name] = self._by_name.get(name, 0) + 1
        self._by_kind[structural] += 1
        return True

    def close(self, name: bytes) -> None:
        if self._by_name.get(name):
            self._by_name[name] -= 1
            self._by_kind[name in _STRUCTURAL] -= 1

    @property
    def in_foreign(self) -> bool:
        return any(self._by_name.get(name) for name in _FOREIGN)


def _tamed(markup: bytes) -> bytes:
    """Return the markup with every excessive start tag turned into a comment."""
    depths = _Depths()
    too_much: list[int] = []
    # End of the title or raw text that a tag stands in.
    text_end = 0
    # True if `svg` or `math` was left out, so that a `title` or other integration point in it must
    # be left out too.
    in_left_out = False
    for tag in _TOKEN.finditer(markup):
        name = (tag[2] or b"").lower()
        if not name or tag.start() < text_end:
            continue
        if tag[1]:
            depths.close(name)
            in_left_out = in_left_out and name not in _FOREIGN
        elif name == b"title" and not in_left_out:
            text_end = _end_of_title(markup, tag.end())
        elif (
            name == b"title"
            or _MORE_ATTRIBUTES.match(markup, tag.end())
            or not (name in _FLAT or depths.open(name))
        ):
            too_much.append(tag.start())
            ends_it = name == b"title" or name in _STRUCTURAL
            in_left_out = name in _FOREIGN or (in_left_out and not ends_it)
        elif name in _RAW_TEXT_ENDS and not depths.in_foreign:
            end = _RAW_TEXT_ENDS[name].search(markup, tag.end())
            text_end = end.start() if end else text_end
    return _commented_out(markup, too_much) if too_much else markup


def _end_of_title(markup: bytes, start: int) -> int:
    end = TITLE_END.search(markup, start, start + _TITLE_BYTES)
    return end.start() if end else start


# When a whole document can be parsed as it is.

# For many tags Lexbor searches its stack of open elements. With 20,000 tags, all of them open, the
# worst markup takes it about a second.
_BEARABLE_STEPS = 20_000 * 20_000

# Lexbor compares each attribute of a tag with those before it.
_BEARABLE_ATTRIBUTES = 512

_ODD_TAG = re.compile(rb"<(?=[A-Za-z])(?!%b)" % _PLAIN)
_BEARABLE_ODD_TAGS = 2000

_BEARABLE_TAG = re.compile(
    rb"<[^%b/>]++(?:%b){0,%d}+[%b/]*+>" % (_WS, _ATTRIBUTE, _BEARABLE_ATTRIBUTES, _WS)
)
_TAG_BYTES = 16 * 1024


def _has_bearable_tags(markup: bytes) -> bool:
    """True if no tag has too many attributes.

    Everything that could be a tag is checked, in comments and scripts too.
    """
    for number, tag in enumerate(_ODD_TAG.finditer(markup)):
        start = tag.start()
        if number == _BEARABLE_ODD_TAGS:
            return False
        if not _BEARABLE_TAG.match(markup, start, start + _TAG_BYTES):
            return False
    return True
