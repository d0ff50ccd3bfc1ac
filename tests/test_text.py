"""Foreign text is safe to show."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fetcher.text import clean, without_surrogates

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
    encodable = without_surrogates(text)
    assert encodable.encode().decode() == encodable
    assert len(encodable) == len(text)
    assert all(a == b or b == "\ufffd" for a, b in zip(text, encodable, strict=True))
