"""The ready-made fields: what they are called, what they hold, and how they are found."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from difflib import get_close_matches
from hashlib import sha256

from fetcher.extraction.fields.jsonld import json_ld
from fetcher.extraction.fields.links import canonical, feeds, links
from fetcher.extraction.fields.metadata import description, og_properties
from fetcher.extraction.fields.parsedpage import ParsedPage
from fetcher.extraction.fields.selection import Selection
from fetcher.extraction.fields.values import FieldType, FieldValue
from fetcher.extraction.fields.words import count_words

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
