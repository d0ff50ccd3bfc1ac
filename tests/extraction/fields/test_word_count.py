"""How many words a text has."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fetcher.extraction.fields.ready_made import count_words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", 0),
        ("one", 1),
        ("one two  three\n", 3),
        ("don't well-known e.g. 3.5%", 4),
        ("a - b — c | * _", 3),
        ("(one) «deux» ¿tres?", 3),
        ("日本語です", 5),
        ("日本語、です。", 5),
        ("Python 3と日本", 5),
        ("हिन्दी में", 2),
        ("한국어 문장", 2),
        ("ไทย", 3),
        ("Ελληνικά και русский", 3),
    ],
)
def test_words_are_counted(text: str, words: int) -> None:
    """Between spaces, with a letter or a digit; in scripts without spaces each letter."""
    assert count_words(text) == words


@given(st.lists(st.sampled_from(["word", "don't", "3.5", "naïve", "слово", "(x)"])))
def test_words_apart_are_words(words: list[str]) -> None:
    """As many words as there are, whatever signs stand between."""
    assert count_words(" - ".join(words)) == len(words)


def test_a_long_run_of_signs() -> None:
    """A megabyte without a letter is no word, and no burden."""
    assert count_words("-" * 1_000_000 + "_" * 1_000_000) == 0
