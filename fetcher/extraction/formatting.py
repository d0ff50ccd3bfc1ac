"""Formatting elements that are never closed, and multiply in a tree (HTML standard)."""

import re

WS = rb"\t\n\f\r "
VALUE = rb"(?:\"[^\"]*+\"|'[^']*+'|[^%b>\"'][^%b>]*+)" % (WS, WS)
# What nearly every tag looks like: up to 64 attributes with a value, and some without. Here no sign
# can mean anything else than it does to a parser.
PLAIN = rb"[^%b\"'=<>/]*+(?:[^\"'=<>]{1,64}+(?<=[^%b/])=%b){0,64}+[^\"'=<>]{0,64}+>" % (
    WS,
    WS,
    VALUE,
)

# Elements that are opened again in each block that follows, until they are closed (HTML standard,
# "reconstruct the active formatting elements"). Of `a` and `nobr` there is one, and of those
# without attributes, or with the same, no more than three.
_FORMATTING = re.compile(
    rb"<(?=[bBcCeEfFiIsStTuU])"
    rb"(?=(?i:b|big|code|em|font|i|s|small|strike|strong|tt|u)[%b/][^>])[^>]*+" % WS
)
# Those that are closed at once, with nothing in them but text and spans.
_TEXT_AND_SPANS = rb"[^<]*+(?:<span%b[^<]*+</span[%b]*+>[^<]*+)*+" % (PLAIN, WS)
_CLOSED_FORMATTING = re.compile(
    rb"<(b|big|code|em|font|i|s|small|strike|strong|tt|u)(?=[%b/])%b%b</\1[%b]*+>"
    % (WS, PLAIN, _TEXT_AND_SPANS, WS),
    re.IGNORECASE,
)
# How many elements may so come from nothing; each takes some 150 bytes.
_BEARABLE_COPIES = 1_000_000


def without_endless_formatting(markup: bytes) -> bytes:
    """Make formatting elements comments where so many can be open that they multiply.

    Some kilobytes of those that are never closed can become gigabytes of tree.
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
    changed = bytearray(markup)
    for start, _ in endless:
        # `<?` starts a comment that ends at the next `>`.
        changed[start + 1] = 0x3F
    return bytes(changed)
