"""The shared cases: real pages, hostile documents, and the standards' own examples."""

import base64

import pytest

from fetcher.extraction.content_type import parse_mime_type
from tests.extraction.bodies import SHARED, needs_shared, read, read_some, shared_rows

pytestmark = needs_shared

# All at once, byte by byte, and as a slow network would deliver it.
FEEDS = pytest.mark.parametrize("sizes", [(), (1,), (1, 2, 7, 100, 1460, 1, 5000, 3)])


@FEEDS
def test_titles_of_real_pages(sizes: tuple[int, ...]) -> None:
    """Every real page has its expected title, however its bytes arrive."""
    rows = shared_rows("titles.jsonl")
    read_titles = {
        row["id"]: read((SHARED / row["file"]).read_bytes(), row["content_type"], sizes).title
        for row in rows
    }
    assert read_titles == {row["id"]: row["expected_title"] for row in rows}


def test_encodings_of_real_pages() -> None:
    """Every real page that arrives at once has its expected encoding."""
    rows = shared_rows("titles.jsonl")
    encodings = {
        row["id"]: read((SHARED / row["file"]).read_bytes(), row["content_type"]).encoding
        for row in rows
    }
    assert encodings == {row["id"]: row["encoding"] for row in rows}


def test_most_of_a_real_page_is_not_read() -> None:
    """Reading by pieces of a kilobyte stops early on more than four pages in five."""
    rows = shared_rows("titles.jsonl")
    stopped = 0
    for row in rows:
        body = (SHARED / row["file"]).read_bytes()
        stopped += read_some(body, row["content_type"], [1024])[1] < len(body)
    assert stopped > 0.8 * len(rows)


@FEEDS
def test_tricky_titles(sizes: tuple[int, ...]) -> None:
    """Every hostile document that the standard settles has its expected title."""
    rows = [row for row in shared_rows("tricky_titles.jsonl") if not row.get("advisory")]
    titles = {
        row["id"]: read((SHARED / row["file"]).read_bytes(), row["content_type"], sizes).title
        for row in rows
    }
    assert titles == {row["id"]: row["expected_title"] for row in rows}


@FEEDS
def test_character_references(sizes: tuple[int, ...]) -> None:
    """Every character reference in a title is decoded as expected."""
    rows = shared_rows("entities.jsonl")
    titles = {
        row["id"]: read(row["html"].encode(), row["content_type"], sizes).title for row in rows
    }
    assert titles == {row["id"]: row["expected_title"] for row in rows}


@FEEDS
def test_encodings(sizes: tuple[int, ...]) -> None:
    """Every document without a title has its expected encoding."""
    rows = shared_rows("encodings.jsonl")
    encodings = {
        row["id"]: read(base64.b64decode(row["bytes_b64"]), row["content_type"], sizes).encoding
        for row in rows
    }
    assert encodings == {row["id"]: row["expected_encoding"] for row in rows}


def test_content_types() -> None:
    """Every Content-Type value is parsed as the MIME Sniffing standard says."""
    wrong = []
    for row in shared_rows("content_types.jsonl"):
        found = parse_mime_type(row["input"])
        serialized = None if found is None else str(found)
        encoding = None if found is None else found.encoding
        expected = row["encoding"] and row["encoding"].lower()
        if (serialized, encoding) != (row["parsed"], expected):
            wrong.append((row["id"], serialized, encoding))
    assert wrong == []
