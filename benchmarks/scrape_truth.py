"""What is in the pages of `scrape_pages.py`, and how many rows of an output say so.

Found with regular expressions, which these pages are regular enough for: by no parser under
measurement.
"""

import hashlib
import html
import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urldefrag, urljoin

FIELDS = (
    "title",
    "description",
    "canonical",
    "lang",
    "h1",
    "og",
    "json_ld",
    "feeds",
    "links",
    "text",
    "word_count",
    "hash",
)
"""The ready-made fields."""

SELECTED = {"price": ".price::text", "headlines": "article h2 a::text*", "images": "main img@src*"}
"""The CSS selections, as `fetcher scrape` takes them."""

ALL = frozenset({*FIELDS, *SELECTED})

_UNSEEN = re.compile(r"<(script|style|noscript)\b.*?</\1>|<!--.*?-->", re.DOTALL)
_TAG = re.compile(r"<[^<>]*>")


def truth(body: bytes, url: str) -> dict[str, object]:
    """Return the value of each field of a page that was fetched from a URL."""
    markup = body.decode()
    _, _, main = markup.partition("<main")
    text = _text(markup.partition("<body")[2].partition(">")[2])
    references = dict.fromkeys(_all(r'<a [^>]*?href="([^"#][^"]*)"', markup))
    absolute = [urldefrag(urljoin(url, reference)).url for reference in references]
    blocks = re.findall(r'<script type="application/ld\+json">(.*?)</script>', markup)
    return {
        "title": _first(r"<title>(.*?)</title>", markup),
        "description": _first(r'<meta name="description" content="(.*?)"', markup),
        "canonical": _first(r'<link rel="canonical" href="(.*?)"', markup),
        "lang": _first(r'<html lang="(.*?)"', markup),
        "h1": _first(r"<h1>(.*?)</h1>", markup),
        "og": dict(re.findall(r'<meta property="og:(.*?)" content="(.*?)"', markup)),
        "json_ld": [json.loads(block) for block in blocks],
        "feeds": [
            urljoin(url, href)
            for href in _all(
                r'<link rel="alternate" type="[^"]*" title="[^"]*" href="(.*?)"', markup
            )
        ],
        "links": list(dict.fromkeys(link for link in absolute if link.startswith("http"))),
        "text": text,
        "word_count": sum(any(map(str.isalnum, word)) for word in text.split()),
        "hash": hashlib.sha256(body).hexdigest(),
        "price": _first(r'class="price">(.*?)<', markup),
        "headlines": _all(r"<h2><a [^>]*>(.*?)</a>", markup),
        "images": _all(r'<img [^>]*?src="(.*?)"', main),
    }


def digest(name: str, value: object) -> str:
    """Return a digest of a field's value; how a client spaces a text makes no difference."""
    if name == "text" and isinstance(value, str):
        value = "".join(value.split())
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Score:
    """What an output is worth.

    rows: lines with a URL of the list, each counted once. right: those with every field right that
    the client can do. wrong: how often each field was not.
    """

    rows: int
    right: int
    wrong: Mapping[str, int]


def score(output: Path, expected: Sequence[Mapping[str, str]], can: Iterable[str]) -> Score:
    """Hold an output of JSON lines against the digests of each variant, which URLs end with."""
    checked, seen, right, wrong = frozenset(can), set[str](), 0, Counter[str]()
    with output.open(encoding="utf-8") as lines:
        for line in lines:
            row: dict[str, Any] = json.loads(line) or {}  # minet's for a page that went wrong
            url = row.get("url")
            if url is None or url in seen:
                continue
            seen.add(url)
            digests = expected[int(url[-2:])]
            missed = [name for name in checked if digest(name, row.get(name)) != digests[name]]
            wrong.update(missed)
            right += not missed
    return Score(len(seen), right, wrong)


def _text(markup: str) -> str:
    return html.unescape(_TAG.sub(" ", _UNSEEN.sub(" ", markup)))


def _all(pattern: str, markup: str) -> list[str]:
    return [html.unescape(found) for found in re.findall(pattern, markup)]


def _first(pattern: str, markup: str) -> str:
    return _all(pattern, markup)[0]
