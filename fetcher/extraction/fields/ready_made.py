"""The ready-made fields: what they are called, what they hold, and how they are found.

The JSON-LD in a page.

Where a page leads: its canonical URL, its feeds, and the links in it.

What the `meta` elements of a page say: its description, and Open Graph.

How many words a text has.
"""

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

_MAX_CHARACTERS = 4 * 1024 * 1024


_TYPE = "application/ld+json"

# Of all blocks together; that of one is `jsontext.MAX_CHARACTERS`.


def json_ld(page: ParsedPage) -> list[FieldValue]:
    """Return the objects of all `script` elements of type `application/ld+json`, in order.

    Objects in an array are objects of their own; `@graph` stays as it is. What is not JSON, or no
    object, is left out. Source: JSON-LD 1.1, section 7, "Embedding JSON-LD in HTML Documents".
    """
    objects: list[FieldValue] = []
    left = _MAX_CHARACTERS
    for node in page.css(f"script[type*=ld i]{OF_HTML}"):
        type = node.attrs.sget("type").partition(";")[0].strip().lower()
        if type != _TYPE:
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


_FEED_TYPES = frozenset({"application/rss+xml", "application/atom+xml", "application/feed+json"})

# A short link can be made long by the page's `base`, so that a small page asks for gigabytes.


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


_OPEN_GRAPH = "og:"


def description(page: ParsedPage) -> str | None:
    """The first description that is not empty, with white space collapsed.

    Source: HTML standard, "standard metadata names"; a name's case does not matter.
    """
    contents = (
        collapse(meta.get("content", ""))
        for meta in page.metas
        if meta.get("name", "").lower() == "description"
    )
    return next(filter(None, contents), None)


def og_properties(page: ParsedPage) -> Iterator[tuple[str, str]]:
    """Each Open Graph property of a page, without its `og:`, and its content, in order.

    Source: ogp.me. Its attribute is `property`, a list of names (RDFa); pages that say `name`
    instead are understood too. What has no content is left out.
    """
    for meta in page.metas:
        content = collapse(meta.get("content", ""))
        if content:
            for name in (meta.get("property") or meta.get("name", "")).lower().split():
                if name.startswith(_OPEN_GRAPH):
                    yield name.removeprefix(_OPEN_GRAPH), content


# Scripts whose words no space parts: Han, kana, Bopomofo, Thai, Lao, Khmer, Myanmar. Letters only.
_SPACELESS = re.compile(
    "[\u3005\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003fffd"
    "\u3041-\u3096\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff\u31f0-\u31ff\uff66-\uff9f\u3105-\u312f"
    "\u0e01-\u0e30\u0e32\u0e33\u0e40-\u0e46\u0e81-\u0eb0\u0eb2\u0eb3\u0ebd\u0ec0-\u0ec6"
    "\u1780-\u17b3\u1000-\u102a\u103f]"
)
_LETTER_OR_DIGIT = re.compile(r"[^\W_]")


def count_words(text: str) -> int:
    """Count the words of a text.

    A word is what white space parts from the rest and has a letter or a digit in it, as word
    processors count. In scripts without spaces each letter is one, as for them too: a Han
    character, a kana, a Thai consonant (UAX #29 divides so where it has no dictionary).
    """
    spaceless = 0
    if not text.isascii():
        text, spaceless = _SPACELESS.subn(" ", text)
    parts = text.split()
    # Most need no more than a look.
    unclear = [part for part in parts if not part.isalnum()]
    words = len(parts) - len(unclear) + sum(map(bool, map(_LETTER_OR_DIGIT.search, unclear)))
    return spaceless + words


_H1 = Selection("h1")


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
        # Of several the first is preferred, says ogp.me.
        properties.setdefault(name, content)
    return properties


def _text(page: ParsedPage) -> str | None:
    return page.seen_text


def _word_count(page: ParsedPage) -> int | None:
    return None if page.seen_text is None else count_words(page.seen_text)


def _hash(page: ParsedPage) -> str:
    return sha256(page.raw.body).hexdigest()


def _feeds(page: ParsedPage) -> list[FieldValue]:
    return [*feeds(page)]


def _links(page: ParsedPage) -> list[FieldValue]:
    return [*links(page)]


@dataclass(frozen=True, slots=True)
class _Facts:
    """How a ready-made field is found, its type, whether it is a list, and what it is."""

    find: Callable[[ParsedPage], FieldValue]
    type: FieldType
    many: bool
    help: str


_ALL: dict[str, _Facts] = {
    "title": _Facts(_title, FieldType.TEXT, False, "title of the page, as document.title gives it"),
    "description": _Facts(description, FieldType.TEXT, False, "first description among its meta"),
    "canonical": _Facts(canonical, FieldType.TEXT, False, "absolute URL it says is its own"),
    "lang": _Facts(_lang, FieldType.TEXT, False, "language of its html element"),
    "h1": _Facts(_h1, FieldType.TEXT, False, "text of the first h1 that has some"),
    "og": _Facts(_og, FieldType.JSON, False, "all Open Graph properties; one is og.NAME"),
    "json_ld": _Facts(json_ld, FieldType.JSON, False, "list of its JSON-LD objects"),
    "feeds": _Facts(_feeds, FieldType.TEXT, True, "absolute URLs of its feeds"),
    "links": _Facts(_links, FieldType.TEXT, True, "absolute http(s) URLs it links to, each once"),
    "text": _Facts(_text, FieldType.TEXT, False, "all visible text, white space collapsed"),
    "word_count": _Facts(_word_count, FieldType.INT, False, "number of words in its text"),
    "hash": _Facts(_hash, FieldType.TEXT, False, "SHA-256 of the body, in hexadecimal"),
}

READY_MADE: dict[str, str] = {name: facts.help for name, facts in _ALL.items()}
"""Every ready-made field by name, with what it holds, for help texts."""

_OG_PROPERTY = re.compile(r"og\.([^\s*]+)(\*?)")


@dataclass(frozen=True, slots=True)
class ReadyMade:
    """A ready-made field, by its name.

    Besides the names of `READY_MADE` there is `og.NAME` for each Open Graph property, the first
    value of it (`og.title`, `og.image.width`), and `og.NAME*` for a list of all. ValueError for
    another name.
    """

    name: str

    def __post_init__(self) -> None:
        if not is_ready_made(self.name):
            near = get_close_matches(self.name, _ALL, n=1)
            hint = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(_ALL)}, og.NAME"
            raise ValueError(f"there is no ready-made field {self.name!r}; {hint}")

    @property
    def type(self) -> FieldType:
        """The type of its value, or of each."""
        facts = _ALL.get(self.name)
        return FieldType.TEXT if facts is None else facts.type

    @property
    def many(self) -> bool:
        """Whether its value is a list."""
        facts = _ALL.get(self.name)
        return self.name.endswith("*") if facts is None else facts.many

    def find(self, page: ParsedPage) -> FieldValue:
        """Find the field; None, or an empty list or object, where the page does not have it."""
        facts = _ALL.get(self.name)
        return self._og(page) if facts is None else facts.find(page)

    def _og(self, page: ParsedPage) -> FieldValue:
        wanted = self.name.removeprefix("og.").rstrip("*").replace(".", ":").lower()
        contents = (content for name, content in og_properties(page) if name == wanted)
        return [*contents] if self.many else next(contents, None)


def is_ready_made(name: str) -> bool:
    """Whether a ready-made field is called so."""
    return name in _ALL or _OG_PROPERTY.fullmatch(name) is not None
