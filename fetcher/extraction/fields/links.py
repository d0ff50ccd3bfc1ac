"""Where a page leads: its canonical URL, its feeds, and the links in it."""

from collections.abc import Iterable, Iterator

from fetcher.extraction.fields.parsedpage import ParsedPage, resolve
from fetcher.urls import Url

_FEED_TYPES = frozenset({"application/rss+xml", "application/atom+xml", "application/feed+json"})

# A short link can be made long by the page's `base`, so that a small page asks for gigabytes.
_MAX_CHARACTERS = 4 * 1024 * 1024


def canonical(page: ParsedPage) -> str | None:
    """The absolute URL of the first `link` whose relations name `canonical` (RFC 6596).

    One that is empty, or not a http(s) URL, does not count. It counts wherever it stands: an
    element that may not be in `head` moves all that follows into `body`.
    """
    for link in page.link_elements:
        if "canonical" in _relations(link) and link["href"].strip():
            url = resolve(page.base, link["href"])
            if url is not None:
                return url.href + url.fragment
    return None


def feeds(page: ParsedPage) -> list[str]:
    """The absolute URLs of a page's feeds: RSS, Atom (HTML standard, "alternate"), JSON Feed."""
    found = (
        link["href"]
        for link in page.link_elements
        if _mime_type(link.get("type", "")) in _FEED_TYPES and "alternate" in _relations(link)
    )
    return list(_absolute(page.base, found))


def links(page: ParsedPage) -> list[str]:
    """The absolute http(s) URLs that `a` and `area` elements lead to, each once, in order.

    Fragments are left out, and with them links that lead to a place in the same page.
    """
    references = (node.attrs.sget("href") for node in page.css("a[href], area[href]"))
    return list(_absolute(page.base, (href for href in references if not href.startswith("#"))))


def _absolute(base: Url | None, references: Iterable[str]) -> Iterator[str]:
    """Resolve references, each once, as far as they are bearable in number and length."""
    told: set[str] = set()
    left = _MAX_CHARACTERS
    for reference in dict.fromkeys(references):
        url = resolve(base, reference) if reference.strip() else None
        if url is None or url.href in told:
            continue
        left -= len(url.href)
        if left < 0:
            return
        told.add(url.href)
        yield url.href


def _relations(link: dict[str, str]) -> list[str]:
    return link["rel"].lower().split()


def _mime_type(text: str) -> str:
    return text.partition(";")[0].strip().lower()
