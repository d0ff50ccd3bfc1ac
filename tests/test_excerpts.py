"""What is shown of what was found."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fetcher.text import LONGEST, excerpt, json_excerpt

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
        ("x" * 200, "x" * 200),
        ("x" * 201, "x" * 199 + "…"),
    ],
)
def test_excerpts_of_texts(text: str, shown: str) -> None:
    """On one line, printable, and cut where it is too long."""
    assert excerpt(text) == shown


@given(st.text(st.characters()))
def test_an_excerpt_is_short_and_printable(text: str) -> None:
    """Whatever a stranger wrote."""
    shown = excerpt(text)
    assert shown.isprintable()
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
def test_an_excerpt_of_json_is_short_and_printable(value: object) -> None:
    """Whatever the document holds."""
    shown = json_excerpt(value)
    assert shown.isprintable()
    assert len(shown) <= LONGEST


def test_only_what_is_shown_is_written() -> None:
    """A list that nests beyond the recursion limit is cut before that."""
    deep: list[object] = []
    for _ in range(100_000):
        deep = [deep]
    assert json_excerpt(deep) == "[" * 199 + "…"
