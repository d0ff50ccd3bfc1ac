"""Pages that say that they do not exist, with a status that says that they do."""

import re
from urllib.parse import unquote, urlsplit

from fetcher.extraction.decode import decode
from fetcher.extraction.document import Document
from fetcher.judgement.phrases import says_not_found

_LITTLE_TEXT = 1_000
"""Characters of visible text, below which a heading speaks for the page as a whole."""
_HEADING_BYTES = 500
_SMALL_PAGE = 4 * 1024
"""Bytes of a page that is looked at as a whole where its first `h1` does not say it."""

_TAG = re.compile(rb"<[^>]*>")
_NAMES_IT = re.compile(
    r"(?<!\d)404(?!\d)|not[-_ ]?found|no[-_ ]encontrad|introuvable|nicht[-_ ]gefunden", re.I
)
_ERROR_PAGE = re.compile(
    r"(?:.*/)?(?:error[-_]?)?(?:404|(?:page[-_]?)?not[-_]?found)(?:[-_]?(?:error|page))?(?:\.\w+)?/?",
    re.I,
)


def names_not_found(url: str) -> bool:
    """Whether a URL itself speaks of 404s: an article about them, or the error page as such."""
    return _NAMES_IT.search(unquote(_path(url))) is not None


def is_error_page(url: str) -> bool:
    """Whether a URL's path is that of an error page, such as `/404.html` or `/en/not-found`."""
    return _ERROR_PAGE.fullmatch(_path(url)) is not None


def heading_not_found(head: bytes, encoding: str) -> str:
    """The first heading of a page, where it says that there is no such page; "" otherwise.

    head: the whole page. encoding: its, by the Encoding standard. The heading counts only where the
    page has little text besides; where it has nothing but such a sentence, that is a heading too.
    It is parsed only if the first `h1` in the bytes could be it, to see which costs a glance, or if
    it is so small that it costs little more.
    """
    if not encoding:
        return ""
    glance = _first_h1(head)
    if not (glance and says_not_found(decode(glance, encoding).strip())) and not _is_small(head):
        return ""
    document = Document(decode(head, encoding))
    heading, text = document.heading, document.text
    if says_not_found(heading) and len(text) <= _LITTLE_TEXT:
        return heading
    return text if says_not_found(text) else ""


def _is_small(head: bytes) -> bool:
    """Whether a page can be parsed for nothing; what is not markup is data, not a page."""
    return len(head) <= _SMALL_PAGE and head.lstrip()[:1] == b"<"


def _path(url: str) -> str:
    try:
        return urlsplit(url).path
    except ValueError:
        return ""


def _first_h1(head: bytes) -> bytes:
    """What stands in the first `h1`, without tags, if it is short."""
    # Of all that could be searched for, this costs the least: 7 µs in a page of 20 KB, half of
    # what `<h1` takes. Pages that write it in capitals are of an age that had honest titles.
    ends = head.find(b"</h1>")
    begins = head.rfind(b"<h1", max(0, ends - _HEADING_BYTES), ends) if ends >= 0 else -1
    return _TAG.sub(b" ", head[begins:ends]) if begins >= 0 else b""
