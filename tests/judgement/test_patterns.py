"""Patterns of users: RE2, with the flags that people expect."""

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fetcher.judgement.patterns import Pattern


@pytest.mark.parametrize(
    ("pattern", "text", "found"),
    [
        ("stock", "out of stock", True),
        ("Stock", "out of stock", False),
        ("(?i)Stock", "out of stock", True),
        ("^OK$", "OK\n", True),
        ("^OK$", "status:\nOK\nbye", True),
        (r"\AOK\z", "OK\n", False),
        ("a.c", "a\nc", False),
        ("(?s)a.c", "a\nc", True),
        ("a|b$", "b\nx", True),
        (r"\pL+ \d+", "Žluťoučký 12", True),
        ("", "", True),
        ("a", "\ud800a", True),
        ("x", "\ud800", False),
        ("\0", "a\0b", True),
    ],
)
def test_what_matches(pattern: str, text: str, found: bool) -> None:
    """Anywhere, by case, with line ends for `^` and `$`; never an error, whatever the text."""
    assert Pattern(pattern).search(text) is found


@pytest.mark.parametrize(
    ("pattern", "why"),
    [
        ("a(?=b)", "RE2 has no lookahead and no lookbehind"),
        ("(?<!a)b", "RE2 has no lookahead and no lookbehind"),
        (r"(a)\1", "RE2 has no backreferences"),
        (r"a\Z", r"write \z for the end of the text"),
        ("a(b", "the pattern 'a(b' cannot be used: missing ): a(b"),
        ("*", "no argument for repetition operator: *"),
        (r"(\pL{1,500}){500}", "pattern '(\\\\pL{1,500}){500}' cannot be used"),
        ("\ud800", "holds characters that are not text"),
    ],
)
def test_what_re2_refuses(pattern: str, why: str) -> None:
    """The message quotes the pattern as it was written and says what is wrong with it."""
    with pytest.raises(ValueError, match="the pattern") as caught:
        Pattern(pattern)
    assert why in str(caught.value)
    assert "(?m)" not in str(caught.value)


def test_patterns_are_values() -> None:
    """They compare by their text and travel between processes as it."""
    pattern = Pattern("a+")
    assert pickle.loads(pickle.dumps(pattern)) == pattern == Pattern("a+") != Pattern("a")
    assert len({pattern, Pattern("a+")}) == 1
    assert str(pattern) == "a+"


@given(st.text(), st.text())
def test_a_quoted_text_is_found_where_it_is(text: str, rest: str) -> None:
    r"""`\Q…\E` is the text itself, whatever characters it has."""
    quoted = r"\Q" + text.replace(r"\E", r"\E\\E\Q") + r"\E"
    assert Pattern(quoted).search(rest + text)
    assert Pattern(quoted).search(rest) == (text in rest)
