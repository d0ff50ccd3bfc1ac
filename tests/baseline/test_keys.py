"""Which spellings are one URL."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fetcher.baseline import key_of
from fetcher.baseline.previous_result import digest_of


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("http://A.example", "http://a.example/", True),
        ("http://a.example:80/x/../y", " http://a.example/y#part ", True),
        ("https://bücher.example/", "https://xn--bcher-kva.example/", True),
        ("http://a.example/", "https://a.example/", False),
        ("http://a.example/A", "http://a.example/a", False),
        ("a.example", "A.example/", True),
        ("a.example", "https://a.example/", False),
        ("http://me:a@a.example/", "http://me:***@A.example", True),
        ("http://me:a@a.example/", "http://you:a@a.example/", False),
        ("me:a@a.example", "me:***@a.example", True),
        ("no url at all", " no url at all", True),
        ("no url at all", "No URL at all", False),
        ("", "http:///", False),
    ],
)
def test_spellings(one: str, other: str, same: bool) -> None:
    """URLs compare as the engine fetches them: a spelling of what is fetched once is one URL."""
    assert (key_of(one) == key_of(other)) == same
    assert (digest_of(one) == digest_of(other)) == same


@given(st.text())
def test_any_text_has_a_key(text: str) -> None:
    """What is no URL has a key too."""
    assert key_of(text) == key_of(f" {text} ".strip())
    assert len(digest_of(text)) == 16
