"""Bodies of any type as text."""

import pytest

from fetcher.extraction.page_text import is_itself, text_of


@pytest.mark.parametrize(
    ("body", "encoding", "content_type", "text"),
    [
        (b"\xe9", "windows-1252", "text/html", "é"),
        ("é".encode(), "", "application/json", "é"),
        (b"\xe9", "", "text/plain; charset=iso-8859-1", "é"),
        (b"\xef\xbb\xbf\xc3\xa9", "windows-1252", "text/html", "é"),
        ("\ufeffé".encode("utf-16-le"), "", "", "é"),
        (b"\xc3(", "utf-8", "", "\ufffd("),
        (b"", "", "", ""),
    ],
)
def test_a_body_is_decoded(body: bytes, encoding: str, content_type: str, text: str) -> None:
    """A byte order mark says how, else the page, else the header, else the bytes."""
    assert text_of(body, encoding, content_type) == text
    assert text_of(bytearray(body), encoding, content_type) == text


@pytest.mark.parametrize(
    ("text", "encoding", "itself"),
    [
        ("a", "utf-8", True),
        ("é", "utf-8", True),
        ("a", "windows-1252", True),
        ("é", "windows-1252", False),
        ("a", "shift_jis", False),
        ("a", "utf-16le", False),
        ("a", "", False),
    ],
)
def test_where_bytes_can_be_searched_instead(text: str, encoding: str, itself: bool) -> None:
    """Only where a text's UTF-8 bytes can stand for nothing else."""
    assert is_itself(text, encoding) is itself
