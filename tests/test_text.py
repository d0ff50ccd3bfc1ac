"""Foreign text is safe to show, and data keeps what it is."""

import json
import unicodedata
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fetcher.text import (
    LONGEST,
    clean,
    encodable,
    excerpt,
    json_escaped,
    json_excerpt,
    quoted,
    shorten,
    well_formed,
    xml_text,
)

BIDIRECTIONAL = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
# Mostly the characters in question: a plain draw of all of Unicode hardly ever meets one.
NASTY = st.text(st.one_of(st.characters(), st.sampled_from(BIDIRECTIONAL + "\u2028\u2029\x85\x1b")))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain", "plain"),
        ("two\r\nlines", "two lines"),
        ("a\tb\x0bc\x0cd", "a b c d"),
        ("next\x85line\u2028and\u2029on", "next line and on"),
        ("\x1b[31mred\x1b[0m", "[31mred[0m"),
        ("bell\x07, delete\x7f, csi\x9b1m", "bell, delete, csi1m"),
        ("photo_\u202egpj.exe", "photo_gpj.exe"),
        ("\u2066isolated\u2069 \u200emarks\u200f\u061c", "isolated marks"),
        ("half \ud83d of a pair", "half \ufffd of a pair"),
        ("日本語\u3000タイトル\xa0x", "日本語\u3000タイトル\xa0x"),
        ("family 👨\u200d👩\u200d👧 and ❤\ufe0f", "family 👨\u200d👩\u200d👧 and ❤\ufe0f"),
        ("\u0645\u06cc\u200c\u062e", "\u0645\u06cc\u200c\u062e"),  # a Persian word with its joiner
    ],
)
def test_cleaned(text: str, expected: str) -> None:
    """Lines become a space, controls go, joiners and wide spaces stay."""
    assert clean(text) == expected


@given(NASTY)
def test_nothing_dangerous_is_left(text: str) -> None:
    """No text keeps a control, a bidirectional control, a line end or a surrogate."""
    cleaned = clean(text)
    assert not any(unicodedata.category(char) in ("Cc", "Cs", "Zl", "Zp") for char in cleaned)
    assert not set(cleaned) & set(BIDIRECTIONAL)
    assert len(cleaned.splitlines()) <= 1


@given(NASTY)
def test_cleaning_is_idempotent(text: str) -> None:
    """What is clean stays as it is."""
    assert clean(clean(text)) == clean(text)


@given(st.text(st.characters(exclude_categories=("C", "Z"))))
def test_letters_are_kept(text: str) -> None:
    """Text of letters, marks, digits and symbols passes unchanged."""
    assert clean(text) == text


@given(st.text(st.characters()))
def test_surrogates_are_replaced(text: str) -> None:
    """Any text can be encoded once its surrogates are replaced, and nothing else changes."""
    found = well_formed(text)
    assert found.encode().decode() == found
    assert len(found) == len(text)
    assert all(a == b or b == "\ufffd" for a, b in zip(text, found, strict=True))


@pytest.mark.parametrize(
    ("text", "longest", "shown"),
    [
        ("  a \n\n b\x07  ", 20, "a b"),
        ("abcdef", 4, "abc…"),
        ("a\u3000b", 20, "a\u3000b"),
        ("", 20, ""),
    ],
)
def test_shortened(text: str, longest: int, shown: str) -> None:
    """Cleaned, without needless spaces, and no longer than allowed."""
    assert shorten(text, longest) == shown


@given(NASTY)
def test_data_loses_nothing(text: str) -> None:
    """Only what UTF-8 cannot hold is escaped; all else is as it was."""
    kept = encodable(text)
    assert kept.encode().decode() == kept
    if not any("\ud800" <= char <= "\udfff" for char in text):
        assert kept == text


def test_what_no_text_file_holds_is_escaped() -> None:
    """Bytes that were not UTF-8, half a surrogate pair, and NUL where that is asked for."""
    assert encodable("caf\udce9 \ud83d \0") == "caf\\xe9 \\ud83d \0"
    assert encodable("a\0b", nul=True) == "a\\x00b"


@given(st.text(st.characters()))
def test_json_keeps_every_character(text: str) -> None:
    """Escapes of JSON's own make a line safe, and it reads back as it was."""
    line = json_escaped(json.dumps(text, ensure_ascii=False))
    assert clean(line) == line
    assert json.loads(line) == text


@given(NASTY)
def test_any_text_fits_into_xml(text: str) -> None:
    """What XML has no character for is escaped, the rest reads back."""
    element = ElementTree.Element("a", {"b": xml_text(text)})
    assert ElementTree.fromstring(ElementTree.tostring(element)).get("b") == xml_text(text)
    if text.isprintable():
        assert xml_text(text) == text


JSON: st.SearchStrategy[Any] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda values: st.lists(values, max_size=3) | st.dictionaries(st.text(), values, max_size=3),
    max_leaves=10,
)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain", "plain"),
        ("a\nb\x1b[31m\u202e", r"a\nb\x1b[31m\u202e"),
        ("\ud800", r"\ud800"),
        (
            "\u0645\u06cc\u200c\u062e 👨\u200d👩 a\xa0b",
            "\u0645\u06cc\u200c\u062e 👨\u200d👩 a\xa0b",
        ),
        ("x" * 200, "x" * 200),
        ("x" * 201, "x" * 199 + "…"),
    ],
)
def test_excerpts_of_texts(text: str, shown: str) -> None:
    """On one line, and cut where it is too long; joiners and wide spaces are as they were."""
    assert excerpt(text) == shown
    assert quoted(text) == f'"{shown}"'


@given(NASTY)
def test_an_excerpt_is_short_and_safe(text: str) -> None:
    """Whatever a stranger wrote."""
    shown = excerpt(text)
    assert clean(shown) == shown
    assert len(shown) <= LONGEST


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ({"a": [1, "ä", None, True]}, '{"a":[1,"ä",null,true]}'),
        ("a\n", r'"a\n"'),
        (1.5, "1.5"),
        (list(range(1000)), "[0,1,2,"),
        ("y" * 10_000, '"yyy'),
    ],
)
def test_excerpts_of_json(value: object, shown: str) -> None:
    """Compact JSON, the beginning of it where it is long."""
    assert json_excerpt(value).startswith(shown)


@given(JSON)
def test_an_excerpt_of_json_is_short_and_safe(value: object) -> None:
    """Whatever the document holds."""
    shown = json_excerpt(value)
    assert clean(shown) == shown
    assert len(shown) <= LONGEST


def test_only_what_is_shown_is_written() -> None:
    """A list that nests beyond the recursion limit is cut before that."""
    deep: list[object] = []
    for _ in range(100_000):
        deep = [deep]
    assert json_excerpt(deep) == "[" * 199 + "…"
