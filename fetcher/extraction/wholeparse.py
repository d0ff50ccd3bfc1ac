"""Markup to a tree, all of it: as fast as lexbor is, unless the markup may be made to take long."""

import re

from selectolax.lexbor import LexborDocumentOptions, LexborHTMLParser

from fetcher.extraction.formatting import PLAIN, VALUE, WS, without_endless_formatting
from fetcher.extraction.markup import parse

# Changes to a tree are not watched, which `selectedcontent` would need.
_OPTIONS = int(LexborDocumentOptions.WO_EVENTS)

# Lexbor looks through its stack of open elements for many tags. With 20,000, all of them open, the
# worst markup takes it about a second.
_BEARABLE_STEPS = 20_000 * 20_000

# It compares each attribute of a tag with those before it.
_BEARABLE_ATTRIBUTES = 512

_ODD_TAG = re.compile(rb"<(?=[A-Za-z])(?!%b)" % PLAIN)
_BEARABLE_ODD_TAGS = 2000

_ATTRIBUTE = rb"[%b/]*+[^%b/>][^%b/>=]*+(?:[%b]*+=[%b]*+%b?+)?+" % (*((WS,) * 5), VALUE)
_BEARABLE_TAG = re.compile(
    rb"<[^%b/>]++(?:%b){0,%d}+[%b/]*+>" % (WS, _ATTRIBUTE, _BEARABLE_ATTRIBUTES, WS)
)
_TAG_BYTES = 16 * 1024


def parse_whole(markup: bytes) -> LexborHTMLParser:
    """Parse a document's markup, which must be UTF-8, with scripting off.

    Markup that may take long goes through `markup.parse`, which leaves out what is nested deep or
    never closed; to look through it for that takes several times as long as to parse it. And some
    kilobytes of formatting elements that are never closed can become gigabytes: where that is
    possible, they are left out.
    """
    markup = without_endless_formatting(markup)
    tags = markup.count(b"<")
    starts = tags - markup.count(b"</")
    if starts * tags <= _BEARABLE_STEPS and _has_bearable_tags(markup):
        return LexborHTMLParser(markup, options=_OPTIONS)
    return parse(markup)


def _has_bearable_tags(markup: bytes) -> bool:
    """Whether no tag has more attributes than is bearable.

    Everything that could be a tag is looked at, in comments and scripts too.
    """
    for number, tag in enumerate(_ODD_TAG.finditer(markup)):
        start = tag.start()
        if number == _BEARABLE_ODD_TAGS:
            return False
        if not _BEARABLE_TAG.match(markup, start, start + _TAG_BYTES):
            return False
    return True
