"""The ready-made fields: their names, what they hold, and how they are found in a page."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from hashlib import sha256

from fetcher.extraction.fields.conversion import FieldType, FieldValue, read_json
from fetcher.extraction.fields.parsed_page import OF_HTML, ParsedPage, resolve
from fetcher.extraction.fields.selection import Selection
from fetcher.extraction.title import collapse
from fetcher.urls import Url

# All JSON-LD blocks together, or all links: a short link can be made long by the page's `base`, so
# that a small page would need gigabytes.
_MAX_CHARACTERS = 4 * 1024 * 1024
_JSON_LD = "application/ld+json"
_FEED_TYPES = frozenset({"application/rss+xml", "application/atom+xml", "application/feed+json"})
_OPEN_GRAPH = "og:"

# Scripts that do not separate words by spaces: Han, kana, Bopomofo, Thai, Lao, Khmer, Myanmar.
# Letters only.
_SPACELESS = re.compile(
    "[\u3005\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003fffd"
    "\u3041-\u3096\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff\u31f0-\u31ff\uff66-\uff9f\u3105-\u312f"
    "\u0e01-\u0e30\u0e32\u0e33\u0e40-\u0e46\u0e81-\u0eb0\u0eb2\u0eb3\u0ebd\u0ec0-\u0ec6"
    "\u1780-\u17b3\u1000-\u102a\u103f]"
)
_LETTER_OR_DIGIT = re.compile(r"[^\W_]")

_H1 = Selection("h1")


def json_ld(page: ParsedPage) -> list[FieldValue]:
    """Return the objects of all `script` elements of type `application/ld+json`, in order.

    Objects in an array count separately; `@graph` stays as it is. Anything that is not JSON, or
    not an object, is left out. Source: JSON-LD 1.1, section 7, "Embedding JSON-LD in HTML
    Documents".
    """
    objects: list[FieldValue] = []
    left = _MAX_CHARACTERS
    for node in page.css(f"script[type*=ld i]{OF_HTML}"):
        type = _mime_type(node.attrs.sget("type"))
        if type != _JSON_LD:
            continue
        text = node.text()
        left -= len(text)
        if left < 0:
            break
        objects.extend(_objects(text))
    return objects


def _objects(text: str) -> list[FieldValue]:
    try:
        value = read_json(text)
    except ValueError:
        return []
    items = value if isinstance(value, list) else [value]
    return [item for item in items if isinstance(item, dict)]


def canonical(page: ParsedPage) -> str | None:
    """Return the absolute URL of the first `link` with the relation `canonical` (RFC 6596).

    An empty one, or one that is not an http(s) URL, does not count. It may be anywhere: an element
    that may not be in `head` moves everything after it into `body`.
    """
    for link in page.link_elements:
        if "canonical" in _relations(link) and link["href"].strip():
            url = resolve(page.base, link["href"])
            if url is not None:
                return url.href + url.fragment
    return None


def feeds(page: ParsedPage) -> list[str]:
    """Return the absolute URLs of a page's feeds: RSS, Atom, JSON (HTML standard, "alternate")."""
    found = (
        link["href"]
        for link in page.link_elements
        if _mime_type(link.get("type", "")) in _FEED_TYPES and "alternate" in _relations(link)
    )
    return list(_absolute(page.base, found))


def links(page: ParsedPage) -> list[str]:
    """Return the absolute http(s) URLs of `a` and `area` elements, each once, in order.

    Fragments are dropped, and links within the same page are left out.
    """
    references = (node.attrs.sget("href") for node in page.css("a[href], area[href]"))
    return list(_absolute(page.base, (href for href in references if not href.startswith("#"))))


def _absolute(base: Url | None, references: Iterable[str]) -> Iterator[str]:
    """Resolve references, each once, up to a total length."""
    seen: set[str] = set()
    left = _MAX_CHARACTERS
    for reference in dict.fromkeys(references):
        url = resolve(base, reference) if reference.strip() else None
        if url is None or url.href in seen:
            continue
        left -= len(url.href)
        if left < 0:
            return
        seen.add(url.href)
        yield url.href


def _relations(link: dict[str, str]) -> list[str]:
    return link["rel"].lower().split()


def _mime_type(text: str) -> str:
    return text.partition(";")[0].strip().lower()


def description(page: ParsedPage) -> str | None:
    """Return the first description that is not empty, with white space collapsed.

    Source: HTML standard, "standard metadata names"; a name's case does not matter.
    """
    contents = (
        collapse(meta.get("content", ""))
        for meta in page.metas
        if meta.get("name", "").lower() == "description"
    )
    return next(filter(None, contents), None)


def og_properties(page: ParsedPage) -> Iterator[tuple[str, str]]:
    """Yield the name, without `og:`, and the content of each Open Graph property, in order.

    Source: ogp.me. The attribute is `property`, a list of names (RDFa); pages that use `name`
    instead are understood too. Properties without content are left out.
    """
    for meta in page.metas:
        content = collapse(meta.get("content", ""))
        if content:
            for name in (meta.get("property") or meta.get("name", "")).lower().split():
                if name.startswith(_OPEN_GRAPH):
                    yield name.removeprefix(_OPEN_GRAPH), content


def count_words(text: str) -> int:
    """Count the words of a text as word processors do.

    A word is separated by white space and has a letter or a digit. In scripts without spaces each
    letter counts: a Han character, a kana, a Thai consonant (as UAX #29 does without a dictionary).
    """
    spaceless = 0
    if not text.isascii():
        text, spaceless = _SPACELESS.subn(" ", text)
    parts = text.split()
    # Most parts need only this test.
    unclear = [part for part in parts if not part.isalnum()]
    words = len(parts) - len(unclear) + sum(map(bool, map(_LETTER_OR_DIGIT.search, unclear)))
    return spaceless + words


def _title(page: ParsedPage) -> str | None:
    return page.title


def _lang(page: ParsedPage) -> str | None:
    root = None if page.tree is None else page.tree.css_first("html")
    return None if root is None else root.attrs.sget("lang").strip() or None


def _h1(page: ParsedPage) -> str | None:
    return next(filter(None, _H1.each(page)), None)


def _og(page: ParsedPage) -> dict[str, FieldValue]:
    properties: dict[str, FieldValue] = {}
    for name, content in og_properties(page):
        # Of several, ogp.me prefers the first.
        properties.setdefault(name, content)
    return properties


def _text(page: ParsedPage) -> str | None:
    return page.visible_text


def _word_count(page: ParsedPage) -> int | None:
    return None if page.visible_text is None else count_words(page.visible_text)


def _hash(page: ParsedPage) -> str:
    return sha256(page.raw.body).hexdigest()


def _feeds(page: ParsedPage) -> list[FieldValue]:
    return [*feeds(page)]


def _links(page: ParsedPage) -> list[FieldValue]:
    return [*links(page)]


@dataclass(frozen=True, slots=True)
class _Definition:
    """How a ready-made field is found, its type, True if it is a list, and its description."""

    find: Callable[[ParsedPage], FieldValue]
    type: FieldType
    many: bool
    help: str


_ALL: dict[str, _Definition] = {
    "title": _Definition(_title, FieldType.TEXT, False, "page title, as in document.title"),
    "description": _Definition(description, FieldType.TEXT, False, "first meta description"),
    "canonical": _Definition(canonical, FieldType.TEXT, False, "absolute canonical URL"),
    "lang": _Definition(_lang, FieldType.TEXT, False, "language of the html element"),
    "h1": _Definition(_h1, FieldType.TEXT, False, "text of the first h1 with text"),
    "og": _Definition(_og, FieldType.JSON, False, "all Open Graph properties; og.NAME for one"),
    "json_ld": _Definition(json_ld, FieldType.JSON, False, "list of JSON-LD objects"),
    "feeds": _Definition(_feeds, FieldType.TEXT, True, "absolute URLs of the feeds"),
    "links": _Definition(
        _links, FieldType.TEXT, True, "absolute http(s) URLs of the links, each once"
    ),
    "text": _Definition(_text, FieldType.TEXT, False, "all visible text, white space collapsed"),
    "word_count": _Definition(_word_count, FieldType.INT, False, "number of words in the text"),
    "hash": _Definition(_hash, FieldType.TEXT, False, "SHA-256 of the body, in hexadecimal"),
}

READY_MADE: dict[str, str] = {name: definition.help for name, definition in _ALL.items()}
"""The description of each ready-made field by name, for help texts."""

_OG_PROPERTY = re.compile(r"og\.([^\s*]+)(\*?)")


@dataclass(frozen=True, slots=True)
class ReadyMade:
    """A ready-made field, by its name.

    Besides the names of `READY_MADE` there is `og.NAME` for the first value of an Open Graph
    property (`og.title`, `og.image.width`), and `og.NAME*` for a list of all. Any other name
    raises ValueError.
    """

    name: str

    def __post_init__(self) -> None:
        if not is_ready_made(self.name):
            near = get_close_matches(self.name, _ALL, n=1)
            hint = (
                f"did you mean {near[0]!r}?"
                if near
                else f"expected one of {', '.join(_ALL)}, og.NAME"
            )
            raise ValueError(f"unknown ready-made field {self.name!r}; {hint}")

    @property
    def type(self) -> FieldType:
        """The type of its value, or of each value in the list."""
        definition = _ALL.get(self.name)
        return FieldType.TEXT if definition is None else definition.type

    @property
    def many(self) -> bool:
        """True if its value is a list."""
        definition = _ALL.get(self.name)
        return self.name.endswith("*") if definition is None else definition.many

    def find(self, page: ParsedPage) -> FieldValue:
        """Return the field's value; None, or an empty list or object, if the page lacks it."""
        definition = _ALL.get(self.name)
        return self._og(page) if definition is None else definition.find(page)

    def _og(self, page: ParsedPage) -> FieldValue:
        wanted = self.name.removeprefix("og.").rstrip("*").replace(".", ":").lower()
        contents = (content for name, content in og_properties(page) if name == wanted)
        return [*contents] if self.many else next(contents, None)


def is_ready_made(name: str) -> bool:
    """True if there is a ready-made field of this name."""
    return name in _ALL or _OG_PROPERTY.fullmatch(name) is not None
