"""A whole body to a tree, by the encoding that counts."""

import pytest
from hypothesis import given

from fetcher.extraction.fields.parsed_page import ParsedPage, parse_body
from fetcher.model import RawPage
from tests.extraction.bodies import SHARED, needs_shared, read, shared_rows
from tests.extraction.soup import hostile_bytes


@pytest.mark.parametrize(
    ("body", "content_type", "encoding", "text"),
    [
        ("<p>é".encode(), "text/html", "utf-8", "é"),
        (b"<p>e", "text/html", "windows-1252", "e"),
        (b"<p>\xe9", "text/html; charset=iso-8859-2", "iso-8859-2", "é"),
        (b"<meta charset=koi8-r><p>\xc1", "text/html", "koi8-r", "а"),
        (b" " * 2000 + b"<meta charset=koi8-r><p>\xc1", "text/html", "koi8-r", "а"),
        (b"<!--" + b" " * 2000 + b"--><meta charset=koi8-r><p>\xc3\xa9", "", "koi8-r", "ц╘"),
        (b'<meta charset=iso-2022-jp><p>\x1b$B$"\x1b(B', "text/html", "iso-2022-jp", "あ"),
        (b"\xef\xbb\xbf<meta charset=koi8-r><p>\xc3\xa9", "text/html", "utf-8", "é"),
        ("\ufeff<p>é".encode("utf-16-le"), "text/html; charset=koi8-r", "utf-16le", "é"),
        ("<?xml?><p>é".encode("utf-16-be"), "text/html", "utf-16be", "é"),
        (b"<p>\xc3(", "text/html; charset=utf-8", "utf-8", "\ufffd("),
    ],
)
def test_a_body_is_read_by_its_encoding(
    body: bytes, content_type: str, encoding: str, text: str
) -> None:
    """A mark is stronger than the header, that than the document, that than the bytes."""
    parsed = parse_body(body, content_type)
    assert parsed.tree is not None
    node = parsed.tree.css_first("p")
    assert node is not None
    assert (parsed.encoding, node.text()) == (encoding, text)


@pytest.mark.parametrize(
    ("body", "content_type"),
    [(b"<p>x", "text/plain"), (b'{"a": "<p>"}', ""), (b"", ""), (b"%PDF", "application/pdf")],
)
def test_what_is_no_markup_has_no_tree(body: bytes, content_type: str) -> None:
    """By its type, or by its first bytes where that is not known."""
    parsed = parse_body(body, content_type)
    assert (parsed.tree, parsed.encoding) == (None, "")


@given(hostile_bytes)
def test_any_body_can_be_parsed(body: bytes) -> None:
    """Nothing is raised, and an encoding is named when there is a tree."""
    for content_type in ("text/html", "", "text/html;charset=utf-16le"):
        parsed = parse_body(body, content_type)
        assert (parsed.tree is None) == (parsed.encoding == "")


@needs_shared
def test_titles_and_encodings_of_collected_pages() -> None:
    """A page parsed whole has the title and the encoding that the reader of titles finds."""
    differing = []
    for name in ("titles.jsonl", "tricky_titles.jsonl"):
        for row in shared_rows(name):
            body = (SHARED / row["file"]).read_bytes()
            expected = read(body, row["content_type"])
            page = ParsedPage(RawPage("", 200, row["content_type"], body))
            if (page.title, page.encoding) != (expected.title, expected.encoding):
                differing.append((row["id"], page.title, page.encoding))
    assert differing == []
