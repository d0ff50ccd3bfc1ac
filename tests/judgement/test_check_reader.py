"""The reader of a checked body: how far it reads, and what it keeps of it."""

import hashlib
import json
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fetcher.extraction import TitleReader
from fetcher.judgement.check_reader import LOOK_AHEAD, CheckReader, Reading
from fetcher.judgement.expectations import (
    NOTHING_SPECIAL,
    Expectations,
    JsonCondition,
    Pattern,
)
from fetcher.model import NO_PAGE, Page
from tests.judgement.making import read

HEAD = b"<title>A page</title>"
FILLING = b"<p>some text</p>\n" * 100


def fed(expected: Expectations, body: bytes, content_type: str = "text/html; charset=utf-8") -> int:
    """How many bytes of an endless body are read; the filling goes on behind it."""
    reader = CheckReader(Reading.of(expected), 200, content_type)
    count = len(body)
    if reader.feed(body):
        return count
    while count < 2 * LOOK_AHEAD:
        count += len(FILLING)
        if reader.feed(FILLING):
            return count
    return 0


def test_the_title_is_as_the_title_reader_has_it() -> None:
    """So is the encoding, and a page as it should be has no fields."""
    body = "<meta charset=koi8-r><title>Привет</title>".encode("koi8-r")
    reader = TitleReader("text/html")
    reader.feed(body)
    page = read(body, content_type="text/html")
    assert page == reader.finish() == Page("Привет", "koi8-r", "meta")


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"", ""),
        (b"\x89PNG\r\n\x1a\n" + bytes(1000), "image/png"),
        (b'{"a": 1}', "application/json"),
    ],
)
def test_what_is_no_page_has_no_title(body: bytes, content_type: str) -> None:
    """Nothing is made of empty bodies, images or data."""
    assert read(body, content_type=content_type) == NO_PAGE


@pytest.mark.parametrize(
    "expected",
    [
        NOTHING_SPECIAL,
        Expectations(title="A page"),
        Expectations(status=((404, 404),), degraded_after=1),
        Expectations(body_contains=("some text",)),
        Expectations(body_contains=("some", "A page")),
    ],
)
def test_reading_stops_when_all_is_known(expected: Expectations) -> None:
    """But not before so much was read that a body which breaks off is noticed."""
    assert LOOK_AHEAD <= fed(expected, HEAD) < LOOK_AHEAD + len(FILLING)


@pytest.mark.parametrize(
    "expected",
    [
        Expectations(complete=True),
        Expectations(body_contains=("nowhere",)),
        Expectations(body_not_contains=("nowhere",)),
        Expectations(body_matches=(Pattern("some"),)),
        Expectations(json=(JsonCondition("$.a == 1"),)),
        Expectations(unchanged="body"),
        Expectations(unchanged="h1"),
    ],
)
def test_reading_goes_on_to_the_end_where_only_that_tells(expected: Expectations) -> None:
    """What is not there, or all there is, is known at the end."""
    assert fed(expected, HEAD) == 0


def test_reading_goes_on_for_the_title() -> None:
    """However late it comes."""
    assert fed(NOTHING_SPECIAL, b"<!-- ") == 0
    assert fed(NOTHING_SPECIAL, b"", "image/png") > 0


def test_an_empty_page_is_a_page() -> None:
    """Without anything in it."""
    page = read(b"", content_type="text/html")
    assert (page.title, page.fields) == (None, {})


EXPECTED = Expectations(
    body_contains=("one", "two"),
    body_not_contains=("Fatal error",),
    body_matches=(Pattern(r"\d+ items"),),
)


def test_a_body_as_it_should_be() -> None:
    """Nothing is broken."""
    assert read(b"<title>t</title>one two, 3 items", EXPECTED).fields == {}


def test_every_broken_expectation_is_told() -> None:
    """With what was expected and what was found."""
    assert read(b"<title>t</title>one, Fatal error in x", EXPECTED).fields == {
        "broken": (
            ("body_contains", '"two"', "37 B read"),
            ("body_not_contains", '"Fatal error"', "…<title>t</title>one, Fatal error in x…"),
            ("body_matches", r"\d+ items", "37 B read"),
        )
    }


def test_an_empty_body_is_told_as_such() -> None:
    """It contains nothing."""
    assert read(b"", Expectations(body_contains=("a",))).fields == {
        "broken": (("body_contains", '"a"', "an empty body"),)
    }


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        ("é".encode(), "text/html; charset=utf-8"),
        ("é".encode(), "text/plain"),
        (b"\xe9", "text/html; charset=iso-8859-1"),
        (b"<meta charset=iso-8859-1>\xe9", "text/html"),
        ("\ufeffé".encode("utf-16-le"), "text/html"),
        ("é".encode("utf-16-be"), "text/html; charset=utf-16be"),
        ('"é"'.encode(), "application/json"),
    ],
)
def test_text_is_read_in_the_page_s_encoding(body: bytes, content_type: str) -> None:
    """What is looked for is text, not bytes."""
    expected = Expectations(body_contains=("é",), body_not_contains=("Ã",))
    for chunk in (1, 3, 1000):
        assert read(body, expected, content_type=content_type, chunk=chunk).fields == {}


def test_bytes_that_look_like_a_text_are_not_it() -> None:
    """In Shift_JIS, `ソ` ends in the byte of a backslash."""
    body = "<title>ソ</title>".encode("shift_jis")
    page = read(body, Expectations(body_contains=("\\",)), content_type="text/html;charset=sjis")
    assert page.title == "ソ"
    assert "broken" in page.fields


@pytest.mark.parametrize(
    ("body", "broken"),
    [
        (b'{"a": {"b": [1, 2]}}', ()),
        (b'\xef\xbb\xbf{"a": {"b": [1, 2]}}', ()),
        (b'{"a": {"b": [1, 3]}}', (("json", "$.a.b[1] == 2", "3"),)),
        (b"{}", (("json", "$.a.b[1] == 2", "nothing at $.a.b[1]"),)),
        (b"", (("json", "$.a.b[1] == 2", "an empty body"),)),
        (
            b"<html>",
            (
                (
                    "json",
                    "$.a.b[1] == 2",
                    "no JSON (Expecting value: line 1 column 1)",
                ),
            ),
        ),
    ],
)
def test_json_is_held_against_conditions(body: bytes, broken: tuple[object, ...]) -> None:
    """What is no JSON is said to be none."""
    expected = Expectations(json=(JsonCondition("$.a.b[1] == 2"),))
    fields = read(body, expected, content_type="application/json").fields
    assert fields.get("broken", ()) == broken


@pytest.mark.parametrize("body", [b"[" * 100_000, b"1" * 10_000])
def test_json_made_to_break_a_parser_is_told(body: bytes) -> None:
    """Nested without end, or a number without end."""
    expected = Expectations(json=(JsonCondition("$.a exists"),))
    assert "no JSON" in str(read(body, expected, content_type="application/json").fields)


def test_the_whole_body_is_hashed_as_it_comes() -> None:
    """Byte by byte, however long."""
    body = HEAD + FILLING * 10
    page = read(body, Expectations(unchanged="body"))
    assert page.fields == {"hash": hashlib.sha256(body).hexdigest()}


def test_selected_text_is_hashed() -> None:
    """What stands around it, and how it is marked up, does not matter."""
    expected = Expectations(unchanged="main p")
    one = read(b"<title>a</title><main><p>The  price</p></main><p>12:01", expected)
    other = read(b"<title>b</title><main><p><b>The</b> price</p></main><p>12:02", expected)
    changed = read(b"<title>b</title><main><p>The prize</p></main>", expected)
    assert one.fields == other.fields == {"hash": hashlib.sha256(b"The price").hexdigest()}
    assert changed.fields != one.fields
    assert read(b"<p>The price", expected).fields == {}


def test_facts_are_small_and_can_be_sent_elsewhere() -> None:
    """However large the body is, and plain values only."""
    expected = Expectations(
        body_contains=("x" * 10_000,),
        body_not_contains=("some text",),
        json=(JsonCondition("$.a == 1"),),
        unchanged="p",
    )
    page = read(HEAD + FILLING * 500, expected, chunk=65_536)
    assert set(page.fields) == {"broken", "hash"}
    assert len(pickle.dumps(page)) < 3_000
    assert json.loads(json.dumps(page.fields))


@given(
    st.binary(max_size=300),
    st.sampled_from(["text/html", "text/html; charset=shift_jis", "application/json", "", "a/b"]),
    st.sampled_from([200, 202, 302, 403, 404, 429, 503]),
    st.integers(1, 100),
)
def test_no_bytes_are_too_odd(body: bytes, content_type: str, status: int, chunk: int) -> None:
    """Whatever is fed, and in whatever pieces, the same page comes out and nothing raises."""
    expected = Expectations(
        body_contains=("a", "é"),
        body_not_contains=("<",),
        body_matches=(Pattern("^.$"),),
        json=(JsonCondition("$.a == 1"),),
        unchanged="p",
    )
    page = read(body, expected, status, content_type, chunk)
    assert page == read(body, expected, status, content_type, 1000)
