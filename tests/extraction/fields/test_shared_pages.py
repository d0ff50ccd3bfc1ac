"""Real pages: what they say of themselves agrees with an independent parser."""

import json
import re
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any
from urllib.parse import urljoin

import html5lib  # type: ignore[import-untyped]
import pytest

from fetcher.extraction.encoding.decoders import decode
from fetcher.extraction.fields import FieldSet, FieldValue, parse_select
from fetcher.model import RawPage
from fetcher.urls import parse
from tests.extraction.bodies import SHARED, needs_shared, shared_rows

pytestmark = needs_shared

_HTML = "{http://www.w3.org/1999/xhtml}"
_URL = "https://example.com/section/page.html"
_NAMES = ("description", "canonical", "lang", "json_ld", "images=img@src*")
_FIELDS = FieldSet(tuple(map(parse_select, _NAMES)))


@cache
def _pages() -> list[tuple[str, ET.Element, dict[str, FieldValue]]]:
    """The collected pages: name, html5lib's tree, and our fields."""
    pages = []
    for row in shared_rows("titles.jsonl"):
        body = (SHARED / row["file"]).read_bytes()
        text = decode(body, row["encoding"]).removeprefix("\ufeff")
        tree = html5lib.parse(text, treebuilder="etree", namespaceHTMLElements=True)
        raw = RawPage(_URL, 200, row["content_type"], body)
        pages.append((row["id"], tree, _FIELDS.extract(raw)))
    return pages


def _elements(tree: ET.Element, tag: str) -> Iterator[ET.Element]:
    """All elements of a name, but those in templates, which html5lib keeps in its tree."""
    if tree.tag == f"{_HTML}template":
        return
    if tree.tag == _HTML + tag:
        yield tree
    for child in tree:
        yield from _elements(child, tag)


def _collapsed(text: str) -> str:
    return re.sub("[\t\n\f\r ]+", " ", text).strip(" ")


def _description(tree: ET.Element) -> str | None:
    metas = (
        meta for meta in _elements(tree, "meta") if meta.get("name", "").lower() == "description"
    )
    return next(filter(None, (_collapsed(m.get("content", "")) for m in metas)), None)


def _canonical(tree: ET.Element) -> str | None:
    base = next((b.get("href", "") for b in _elements(tree, "base") if b.get("href")), "")
    for link in _elements(tree, "link"):
        if "canonical" in link.get("rel", "").lower().split() and link.get("href", "").strip():
            url = parse(urljoin(urljoin(_URL, base), link.get("href", "").strip()))
            return url.href + url.fragment
    return None


def _lang(tree: ET.Element) -> str | None:
    return tree.get("lang", "").strip() or None


def _json_ld(tree: ET.Element) -> list[Any]:
    objects: list[Any] = []
    for script in _elements(tree, "script"):
        if script.get("type", "").strip().lower() == "application/ld+json":
            try:
                value = json.loads(script.text or "", strict=False)
            except ValueError:
                continue
            objects.extend(value if isinstance(value, list) else [value])
    return objects


def _images(tree: ET.Element) -> list[str]:
    return [image.get("src", "") for image in _elements(tree, "img") if "src" in image.attrib]


@pytest.mark.parametrize(
    ("name", "oracle", "least"),
    [
        ("description", _description, 50),
        ("canonical", _canonical, 50),
        ("lang", _lang, 50),
        ("json_ld", _json_ld, 20),
        ("images", _images, 50),
    ],
)
def test_fields_agree_with_html5lib(
    name: str, oracle: Callable[[ET.Element], object], least: int
) -> None:
    """Both find the same on every page, and enough pages have something to find."""
    found = {page: fields[name] for page, _, fields in _pages()}
    expected = {page: oracle(tree) for page, tree, _ in _pages()}
    assert found == expected
    assert sum(map(bool, expected.values())) >= least
