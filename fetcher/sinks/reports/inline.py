"""Text from strangers inside Markdown, where it must stay text."""

import re
from urllib.parse import quote

_LONGEST_TEXT = 300
_LONGEST_LINK = 2_000
# Renderers differ in what a backslash before a pipe is in a table; a character reference is never
# taken for structure (CommonMark 0.31, section 2.5).
_ESCAPES = {ord(c): f"&#{ord(c)};" for c in "&<>\\|"} | {ord(c): f"\\{c}" for c in "`*_[]~$"}
# GFM makes links of these without being asked (section 6.9).
_AUTOLINK = re.compile(r"://|\bwww\.", re.IGNORECASE)
_URL_CHARACTERS = "%:/?#[]@!$'()+,;=-._~*"
_WEB = re.compile(r"https?://[^/?#]", re.IGNORECASE)


def as_text(text: str) -> str:
    """Give a text so that it is shown as it is, cut where it is very long."""
    return _AUTOLINK.sub(lambda match: _reference(match[0]), _escaped(text))


def as_code(text: str) -> str:
    """Give a word of this program's own as code."""
    return f"`{text}`"


def as_link(url: str) -> str:
    """Give a URL as a link to it; as mere text if it is none that a browser should follow."""
    if not _WEB.match(url) or len(url) > _LONGEST_LINK:
        return as_text(url)
    # A percent sign stays, because what is encoded is so already; `&` could begin a reference.
    target = "&amp;".join([quote(part, safe=_URL_CHARACTERS) for part in url.split("&")])
    # There are no links inside a link: its text needs no care for them.
    return f"[{_escaped(url)}](<{target}>)"


def _reference(found: str) -> str:
    mark = ":" if ":" in found else "."
    return found.replace(mark, f"&#{ord(mark)};", 1)


def _escaped(text: str) -> str:
    text = text if len(text) <= _LONGEST_TEXT else text[: _LONGEST_TEXT - 1] + "…"
    return text.translate(_ESCAPES)
