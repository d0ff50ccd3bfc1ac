"""Answers that come back as they went, from memory and from disk."""

import sqlite3

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fetcher.engine import answer_store
from fetcher.engine.answer_store import Answer, Answers, pack, unpack
from fetcher.failures import Failure, FailureKind, Phase
from fetcher.model import Certificate, Hop, Outcome, Page, Response, Timings, TlsFacts
from fetcher.storage.temporary_store import TemporaryStore

TEXT = st.text(st.characters() | st.sampled_from("\ud800\0"), max_size=8)
SECONDS = st.none() | st.floats(0, 1e6)
TEXTS = st.lists(TEXT, max_size=3).map(tuple)
RESPONSES = st.builds(
    Response,
    st.integers(100, 599),
    TEXT,
    TEXT,
    TEXT,
    TEXT,
    st.integers(0),
    st.integers(0),
    st.dictionaries(TEXT, TEXT, max_size=3),
)
EPOCH = st.floats(-1e10, 1e12)
CERTIFICATES = st.builds(Certificate, TEXT, TEXT, TEXTS, EPOCH, EPOCH, st.booleans(), TEXT)
OUTCOMES = st.builds(
    Outcome,
    st.none() | RESPONSES,
    st.none() | st.builds(Failure, st.sampled_from(FailureKind), st.sampled_from(Phase), TEXT),
    st.lists(st.builds(Hop, TEXT, st.integers(300, 399)), max_size=3).map(tuple),
    st.integers(0, 9),
    SECONDS,
    st.builds(Timings, SECONDS, SECONDS, SECONDS, SECONDS, SECONDS),
    TEXTS,
    st.none() | st.builds(TlsFacts, TEXT, st.none() | CERTIFICATES),
)
PAGES = st.builds(
    Page, st.none() | TEXT, TEXT, TEXT, st.dictionaries(TEXT, TEXT | st.binary(), max_size=2)
)


def answer(number: int) -> Answer:
    """An answer that is told from others by its number."""
    response = Response(200, f"http://h/{number}", "text/html", "1.1", "127.0.0.1", number, 1)
    return Outcome(response, attempts=1, elapsed=number / 7), Page(f"Page {number}", "utf-8")


@given(OUTCOMES, PAGES)
def test_an_answer_comes_back_equal(outcome: Outcome, page: Page) -> None:
    """Whatever an outcome and a page hold, packing and unpacking changes nothing, nor its types."""
    back, again = unpack(pack((outcome, page)))
    assert (back, again) == (outcome, page)
    if outcome.failure is not None:
        assert back.failure is not None
        assert isinstance(back.failure.kind, FailureKind)
        assert isinstance(back.failure.phase, Phase)


@settings(deadline=None)
@given(st.integers(0, 40), st.integers(0, 1500))
def test_answers_survive_being_spilled(recent: int, count: int) -> None:
    """However few are kept in memory, each answer is found again, and no other one is."""
    kept = Answers(recent)
    for number in range(count):
        kept.put(f"k{number}", answer(number))
    assert all(kept.get(f"k{number}") == answer(number) for number in range(count))
    assert all(kept.get(f"n{number}") is None for number in range(100))
    assert len(kept._recent) < recent + 256
    kept.close()


def test_memory_is_bounded() -> None:
    """Of many answers only the recent ones stay in memory; the file is SQLite's own, unnamed."""
    kept = Answers(recent=100)
    for number in range(20_000):
        kept.put(f"k{number}", answer(number))
    assert len(kept._recent) < 100 + 256
    assert len(kept._bits) == 4 * 1024 * 1024
    assert kept._file is not None
    assert kept._file.fetch_all("PRAGMA database_list")[0][2] == ""
    assert kept.get("k0") == answer(0)
    kept.close()


def test_new_urls_seldom_ask_the_file() -> None:
    """The array of bits answers for nearly all URLs that were never seen."""
    kept = Answers(recent=0)
    for number in range(20_480):
        kept.put(f"http://h/{number}", answer(number))
    passed = sum(kept._may_know(f"http://other/{number}") for number in range(20_000))
    assert passed < 20
    kept.close()


def test_urls_with_the_same_hash_keep_their_own_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    """When all hashes collide, each URL still has its answer and a new one has none."""
    monkeypatch.setattr(answer_store, "hash", lambda key: 7, raising=False)
    kept = Answers(recent=0)
    for number in range(600):
        kept.put(f"k{number}", answer(number))
    assert kept._may_know("a stranger")
    assert kept.get("a stranger") is None
    assert all(kept.get(f"k{number}") == answer(number) for number in range(600))
    kept.close()


def test_a_full_disk_costs_memory_of_the_past_and_nothing_else(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """When the temporary file cannot grow, old answers are forgotten and the run goes on."""
    open_file = answer_store._open_file

    def small_file() -> TemporaryStore:
        file = open_file()
        file.execute("PRAGMA max_page_count = 20")
        return file

    monkeypatch.setattr(answer_store, "_open_file", small_file)
    kept = Answers(recent=0)
    for number in range(5_000):
        kept.put(f"k{number}", answer(number))
    assert kept.get("k0") is None
    assert kept.get("k4999") == answer(4999)
    kept.close()


def test_the_file_goes_with_close(monkeypatch: pytest.MonkeyPatch) -> None:
    """Closing closes the file and forgets everything; to close twice is harmless."""
    opened: list[TemporaryStore] = []
    open_file = answer_store._open_file
    monkeypatch.setattr(
        answer_store, "_open_file", lambda: opened.append(open_file()) or opened[-1]
    )
    kept = Answers(recent=0)
    for number in range(300):
        kept.put(f"k{number}", answer(number))
    kept.close()
    kept.close()
    assert kept.get("k0") is None
    assert kept.get("k299") is None
    [file] = opened
    with pytest.raises(sqlite3.ProgrammingError):
        file.execute("SELECT 1")


def test_large_answers_do_not_stay_in_memory() -> None:
    """However few they are, they move to the file, and are still known."""
    answer_store = Answers()
    large = "x" * 1_000_000
    for number in range(40):
        answer_store.put(f"http://a/{number}", (Outcome(attempts=1), Page(fields={"text": large})))
    assert sum(map(len, answer_store._recent.values())) < 20_000_000
    found = [answer_store.get(f"http://a/{number}") for number in range(40)]
    answer_store.close()
    assert all(answer is not None and answer[1].fields["text"] == large for answer in found)
