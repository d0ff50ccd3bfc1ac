"""Content-Type values: parsing, the encoding they name, and which bodies can have a title."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fetcher.extraction.content_type import (
    MimeType,
    body_kind,
    extract_mime_type,
    looks_like_markup,
    parse_mime_type,
    wants_body,
)
from fetcher.extraction.encoding.sniffing import Declaration


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("text/html", "text/html"),
        (" Text/HTML \t", "text/html"),
        ("text/html;charset=KOI8-R", "text/html;charset=KOI8-R"),
        ("text/html ; Charset=utf-8 ", "text/html;charset=utf-8"),
        ('text/html;charset="utf-8"', "text/html;charset=utf-8"),
        ('text/html;charset="utf-8"trailing;a=b', "text/html;charset=utf-8;a=b"),
        ('text/html;a="x;y"', 'text/html;a="x;y"'),
        (r'text/html;a="q\"\\"', r'text/html;a="q\"\\"'),
        ('text/html;a="open', "text/html;a=open"),
        ('text/html;a="', 'text/html;a=""'),
        ('text/html;a="back\\', 'text/html;a="back\\\\"'),
        ("text/html;a=;b=c", "text/html;b=c"),
        ("text/html;a;b=c;b=d", "text/html;b=c"),
        ("text/html;;;a=b", "text/html;a=b"),
        ("text/html;a b=c;d=e", "text/html;d=e"),
        ("text/html;a=\u0100;d=e", "text/html;d=e"),
        ("text/html;a=\u00ff", 'text/html;a="\u00ff"'),
        ("", None),
        ("text", None),
        ("text/", None),
        ("/html", None),
        ("text /html", None),
        ("text/ht ml", None),
        ("te\u0100t/html", None),
    ],
)
def test_parsing_and_serialising(value: str, expected: str | None) -> None:
    """A value is parsed and written again by the MIME Sniffing standard."""
    parsed = parse_mime_type(value)
    assert (None if parsed is None else str(parsed)) == expected


@pytest.mark.parametrize(
    ("value", "encoding"),
    [
        ("text/html", None),
        ("text/html;charset=latin1", "windows-1252"),
        ("text/html;charset=gb2312", "gbk"),
        ('text/html;charset=" UTF-8 "', "utf-8"),
        ("text/html;charset=koi8-r;charset=utf-8", "koi8-r"),
        ("text/html;charset=nonsense;charset=utf-8", None),
        ("text/html;charset='utf-8'", None),
        ("text/html;charset=iso-2022-kr", "replacement"),
    ],
)
def test_encoding_of_the_charset(value: str, encoding: str | None) -> None:
    """The first charset names the encoding, by the labels of the Encoding standard."""
    parsed = parse_mime_type(value)
    assert parsed is not None
    assert parsed.encoding == encoding


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("text/html;charset=gbk, text/html", "text/html;charset=gbk"),
        ("text/html;charset=gbk, text/plain", "text/plain"),
        ("text/html;charset=gbk, x/x;charset=utf-8, text/html", "text/html"),
        ("text/html, */*", "text/html"),
        ("text/html, nonsense", "text/html"),
        ("text/html, text/html;charset=utf-8", "text/html;charset=utf-8"),
        ('text/html;a="x,y"', 'text/html;a="x,y"'),
        ('text/html;a="\\",",text/plain', "text/plain"),
        ("nonsense, more", None),
    ],
)
def test_header_that_was_sent_twice(header: str, expected: str | None) -> None:
    """Of several values the last valid one counts, with the charset of an equal one before it."""
    extracted = extract_mime_type(header)
    assert (None if extracted is None else str(extracted)) == expected


@settings(deadline=None)
@given(st.text(alphabet='abAB/;="\\, \t\u00e9\u0100', max_size=24))
def test_serialised_types_parse_to_themselves(value: str) -> None:
    """What a value is serialised to parses to the same type again."""
    parsed = parse_mime_type(value)
    if parsed is not None:
        assert parse_mime_type(str(parsed)) == parsed


@pytest.mark.parametrize(
    ("content_type", "markup", "encoding"),
    [
        ("text/html", True, None),
        ("TEXT/HTML; CHARSET=UTF-8", True, "utf-8"),
        ("application/xhtml+xml", True, None),
        ("application/xml;charset=koi8-r", True, "koi8-r"),
        ("text/xml", True, None),
        ("text/plain", False, None),
        ("image/svg+xml", False, None),
        ("application/pdf", False, None),
        ("", None, None),
        ("nonsense", None, None),
        ("*/*", None, None),
        ("application/unknown;charset=utf-8", None, "utf-8"),
    ],
)
def test_body_kind(content_type: str, markup: bool | None, encoding: str | None) -> None:
    """HTML and XML can have a title, other types cannot, and unknown ones are asked by bytes."""
    kind = body_kind(content_type)
    declaration = Declaration(encoding, "header") if encoding else None
    assert (kind.markup, kind.declaration) == (markup, declaration)
    assert wants_body(content_type) == (markup is not False)


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (b"<!DOCTYPE html>", True),
        (b" \r\n<p>", True),
        (b"<?xml version='1.0'?>", True),
        (b"</p>", False),
        (b"<3", False),
        (b"plain text", False),
        (b"\xef\xbb\xbf<html>", True),
        ("\ufeff<html>".encode("utf-16-le"), True),
        ("\ufeff <html>".encode("utf-16-be"), True),
        (b"\x89PNG\r\n", False),
        (b"", None),
        (b" \n", None),
        (b"<", None),
        (b"\xef\xbb", None),
        (b" " * 600, False),
    ],
)
def test_looks_like_markup(head: bytes, expected: bool | None) -> None:
    """Bytes of unknown type are markup when a tag is the first thing in them."""
    assert looks_like_markup(head) is expected


def test_mime_type_without_charset() -> None:
    """A type without a charset names no encoding."""
    assert MimeType("text/html", (("a", "b"),)).encoding is None
