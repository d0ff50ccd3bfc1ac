"""The digest tells whether a list is the same so far."""

from hypothesis import given
from hypothesis import strategies as st

from fetcher.sinks.base import START, OutputProgress

URLS = st.lists(st.text(max_size=5), max_size=5)


def after(urls: list[str]) -> OutputProgress:
    """The progress when these are finished."""
    progress = START
    for url in urls:
        progress = progress.after(url)
    return progress


@given(one=URLS, other=URLS)
def test_the_same_digest_only_for_the_same_list(one: list[str], other: list[str]) -> None:
    """Neither another order, nor another division into URLs, has the same digest."""
    assert (after(one) == after(other)) == (one == other)


def test_one_after_another() -> None:
    """A URL is counted, and its digest builds on the one before."""
    first = START.after("http://a/")
    progress = first.after("http://b/")
    assert progress.done == 2
    assert progress.digest == OutputProgress(7, first.digest).after("http://b/").digest
    assert len({START.digest, first.digest, progress.digest}) == 3
    assert len(progress.digest) == len(START.digest) == 16


def test_counters_are_raised() -> None:
    """Each counter is the job's own, and takes no part in the digest."""
    progress = START.after("a", 0, 5).after("b").after("c", 0)
    assert progress.counts == (2, 0, 0, 0, 0, 1)
    assert progress.digest == START.after("a").after("b").after("c").digest


def test_the_digest_stays_what_it_is() -> None:
    """A journal of yesterday is read tomorrow: the function may not change."""
    assert START.after("http://a.example/é").digest.hex() == "80ac7f7d0b2bea478a60af61bce61135"


def test_any_text_has_a_digest() -> None:
    """Half a surrogate pair, which a file with invalid bytes can bring, is no obstacle."""
    assert START.after("http://a/\udc80") != START.after("http://a/\udc81")
