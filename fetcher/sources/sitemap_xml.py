"""The XML of sitemaps and feeds (sitemaps.org, RSS 2.0, RFC 4287): repairs, and the elements.

Small repairs come first, so that one stray character does not cost a whole sitemap.
"""

import re
from collections.abc import Callable
from urllib.parse import urljoin, urlsplit

from fetcher.sources.base import KEPT, MAX_URL, BrokenInput

MAX_DEPTH = 100
"""How deep elements may be nested; sitemaps need four levels, feeds with XHTML a few more."""

_COLLECTED = frozenset(
    {
        ("url", "loc"),
        ("sitemap", "loc"),
        # Entries without their <url> or <sitemap> are a common mistake.
        ("urlset", "loc"),
        ("sitemapindex", "loc"),
        ("item", "link"),
        ("item", "guid"),
    }
)
_LISTING = frozenset({("urlset", "url"), ("sitemapindex", "sitemap")})
_ENTRIES = frozenset({"url", "sitemap", "item", "entry"})
_HOLDS_SITEMAPS = frozenset({"sitemap", "sitemapindex"})

Found = Callable[[str, str, bool], None]
"""Takes what was found: the URL, a problem, and True if the URL is another sitemap's."""


class SitemapElements:
    """Follows the elements of one document and reports each URL it lists.

    Names count without their namespace, which is wrong or missing in many sitemaps; the element
    around a name decides what it means. So the `loc` of an image or video is not taken for a
    page's, with or without a declared prefix.

    Args:
        base: the document's own URL; "" if unknown.
        found: called with each URL.
    """

    def __init__(self, base: str, found: Found) -> None:
        self._base = base
        self._found = found
        self._open: list[tuple[str, str]] = []
        self._text: list[str] | None = None
        self._size = 0
        self._entry_has_url = False
        self._links: dict[str, str] = {}

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Handle a start tag."""
        prefix, _, name = tag.lower().rpartition(":")
        if not self._open and name == "html":
            raise BrokenInput("this is an HTML page, not a sitemap or feed")
        if len(self._open) >= MAX_DEPTH:
            raise BrokenInput(f"elements are nested more than {MAX_DEPTH} levels deep")
        own, around = self._place(prefix)
        self._open.append((prefix, name))
        self._text = None
        if not own:
            return
        if name in _ENTRIES:
            self._entry_has_url, self._links = False, {}
        elif (around, name) == ("entry", "link"):
            self._links.setdefault(attributes.get("rel", ""), attributes.get("href", ""))
        elif (around, name) in _COLLECTED and attributes.get("isPermaLink") != "false":
            self._text, self._size = [], 0

    def characters(self, text: str) -> None:
        """Handle a piece of text."""
        if self._text is not None and self._size <= MAX_URL:
            self._text.append(text)
            self._size += len(text)

    def end(self, _tag: str) -> None:
        """Handle an end tag."""
        prefix, name = self._open.pop()
        own, around = self._place(prefix)
        if self._text is not None:
            text, self._text = "".join(self._text).strip(), None
            if around == "item":
                self._links.setdefault(name, text)
            else:
                self._listed(text, around in _HOLDS_SITEMAPS)
        elif own and name in ("item", "entry"):
            link = _rss_link(self._links) if name == "item" else _atom_link(self._links)
            self._links = {}
            self._report(link, feed=True, problem=f"the <{name}> has no link")
        elif (around, name) in _LISTING and not self._entry_has_url:
            self._found("", f"the <{name}> has no <loc>", False)

    def _place(self, prefix: str) -> tuple[bool, str]:
        """Return True if a prefix matches that of the parent element, and the parent's name."""
        around_prefix, around = self._open[-1] if self._open else ("", "")
        return prefix in ("", around_prefix) or not around, around

    def broken(self) -> None:
        """Report the URL of the feed entry that was being read when the document broke off."""
        link = _rss_link(self._links) or _atom_link(self._links)
        if link:
            self._report(link, feed=True)

    def _listed(self, url: str, sitemap: bool) -> None:
        self._entry_has_url = True
        self._report(url, feed=False, problem="the <loc> is empty", sitemap=sitemap)

    def _report(self, url: str, *, feed: bool, problem: str = "", sitemap: bool = False) -> None:
        if not url:
            self._found("", problem, False)
        elif len(url) > MAX_URL:
            self._found(url[:KEPT], f"the URL is longer than {MAX_URL // 1024} KiB", False)
        else:
            self._found(self._absolute(url, feed=feed), "", sitemap)

    def _absolute(self, url: str, *, feed: bool) -> str:
        """Resolve a relative reference.

        Feeds may hold any (RFC 4287, section 2). Sitemaps must not, so in them only what cannot
        be a host name without a scheme counts as relative.
        """
        if not self._base or not (feed or url.startswith(("/", "./", "../", "?"))):
            return url
        try:
            return url if urlsplit(url).scheme else urljoin(self._base, url)
        except ValueError:
            return url


def _rss_link(links: dict[str, str]) -> str:
    """Return an item's URL: its link, else a guid that is a URL (RSS 2.0: isPermaLink)."""
    guid = links.get("guid", "")
    is_url = guid.lower().startswith(("http://", "https://"))
    return links.get("link", "") or (guid if is_url else "")


def _atom_link(links: dict[str, str]) -> str:
    """Return an entry's URL: no rel means "alternate", the page itself (RFC 4287, 4.2.7.2)."""
    for rel in ("", "alternate"):
        if rel in links:
            return links[rel].strip()
    return next(iter(links.values()), "").strip()


_OPENING = re.compile(r"<!--|<!\[CDATA\[")
_BARE = re.compile(r"&(?!(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z_:][\w.:-]{0,31});)")
_ILLEGAL = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_LONGEST = 34
"""The length, in characters, of the longest marker or reference in the patterns."""


class XmlMender:
    """Repairs the most common mistakes of sitemap generators, without changing line numbers.

    `&` that begins no reference (`?a=1&b=2`) becomes `&amp;`; characters that XML forbids become
    U+FFFD; comments, which may hold a forbidden `--` and may be endless, are dropped.
    """

    def __init__(self) -> None:
        self._held = ""
        self._until = ""

    def feed(self, text: str, *, final: bool = False) -> str:
        """Take text and return it repaired, except for an end that the next text may change."""
        text = _ILLEGAL.sub("\ufffd", self._held + text)
        self._held = ""
        mended: list[str] = []
        position = 0
        while position < len(text):
            step = self._literal if self._until else self._markup
            position = step(text, position, mended, final)
            if self._held:
                break
        return "".join(mended)

    def _literal(self, text: str, position: int, mended: list[str], final: bool) -> int:
        """Handle the inside of a comment or CDATA section."""
        found = text.find(self._until, position)
        end = found + 3 if found >= 0 else len(text) if final else max(position, len(text) - 2)
        inside = text[position:end]
        mended.append("\n" * inside.count("\n") if self._until == "-->" else inside)
        if found >= 0:
            self._until = ""
        else:
            self._held = text[end:]
        return end

    def _markup(self, text: str, position: int, mended: list[str], final: bool) -> int:
        """Handle everything else."""
        opening = _OPENING.search(text, position)
        if opening is not None:
            mended.append(_BARE.sub("&amp;", text[position : opening.start()]))
            comment = opening[0] == "<!--"
            self._until = "-->" if comment else "]]>"
            mended.append("" if comment else opening[0])
            return opening.end()
        end = len(text)
        if not final:
            near = max(position, end - _LONGEST)
            last = max(text.rfind("<", near), text.rfind("&", near))
            end = last if last >= 0 else end
        mended.append(_BARE.sub("&amp;", text[position:end]))
        self._held = text[end:]
        return end
