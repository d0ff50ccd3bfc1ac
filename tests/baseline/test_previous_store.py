"""Rows by URL, in a temporary file."""

import sqlite3
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fetcher.baseline import PreviousResult, PreviousResults, key_of
from fetcher.judgement.verdict import Health, Trouble

URLS = st.sampled_from(["http://a.example/", "http://A.example", "http://b.example/", "c"])
TEXT = st.none() | st.text(st.characters(codec="utf-8"))
TIMES = st.none() | st.floats(0, allow_infinity=False)
ROWS = st.builds(
    PreviousResult,
    url=URLS,
    health=st.none() | st.sampled_from(Health),
    trouble=st.none() | st.sampled_from(Trouble),
    reason=TEXT,
    status=st.none() | st.integers(100, 999),
    title=TEXT,
    final_url=TEXT,
    elapsed=TIMES,
    fingerprint=TEXT,
    expires=TIMES,
    hash=TEXT,
)


@given(st.lists(ROWS))
def test_it_is_a_mapping_by_key(rows: list[PreviousResult]) -> None:
    """It holds what a dict by normalised URL would: the last row of each, in the first's place."""
    plain: dict[str, PreviousResult] = {}
    for row in rows:
        plain[key_of(row.url)] = row
    with PreviousResults(rows) as shelf:
        assert list(shelf.values()) == list(plain.values())
        assert list(shelf) == [row.url for row in plain.values()]
        assert len(shelf) == len(plain)
        for row in rows:
            found = shelf[row.url]
            assert found == plain[key_of(row.url)]
            assert type(found.health) is type(plain[key_of(row.url)].health)


def test_another_spelling_finds_it() -> None:
    """A URL is found in any spelling, and one that is not there is not."""
    with PreviousResults([PreviousResult("http://A.example")]) as shelf:
        assert "http://a.example:80/#x" in shelf
        assert "http://b.example/" not in shelf
        assert None not in shelf
        with pytest.raises(KeyError):
            shelf["http://b.example/"]


def test_its_file_is_removed() -> None:
    """After its block nothing is left to ask."""
    with PreviousResults([PreviousResult("a")]) as shelf:
        pass
    with pytest.raises(sqlite3.ProgrammingError):
        len(shelf)


def test_what_the_rows_raise_comes_out() -> None:
    """An error while reading is not taken for one of the temporary file."""

    def rows() -> Iterator[PreviousResult]:
        yield PreviousResult("a")
        raise RuntimeError("broken")

    with pytest.raises(RuntimeError, match="broken"):
        PreviousResults(rows())
