"""The deduplicator: who waits for which URL, and that each row is answered once."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from fetcher.engine.answer_store import Answer, Answers
from fetcher.engine.deduplication import Claim, Deduplicator, InFlightDeduplicator
from fetcher.model import NO_PAGE, Outcome, Target


def answer(number: int) -> Answer:
    """An answer that is told from others by its number."""
    return Outcome(attempts=number), NO_PAGE


def claim(number: int) -> Claim:
    """The claim of a row."""
    return Claim(number, Target(number, "u"))


def test_the_first_row_of_a_url_is_sent_and_the_others_wait() -> None:
    """One row asks; those that come meanwhile are answered with it, those after it at once."""
    deduplicator = Deduplicator()
    assert deduplicator.claim("a", claim(0)) is True
    assert deduplicator.claim("b", claim(1)) is True
    assert deduplicator.claim("a", claim(2)) is False
    assert deduplicator.settle("a", answer(5)) == [claim(0), claim(2)]
    assert deduplicator.claim("a", claim(3)) == answer(5)
    assert deduplicator.settle("b", answer(6)) == [claim(1)]
    deduplicator.close()


@settings(deadline=None)
@given(st.lists(st.tuples(st.booleans(), st.integers(0, 30)), max_size=400), st.integers(0, 3))
def test_each_row_is_answered_once(steps: list[tuple[bool, int]], recent: int) -> None:
    """In whatever order rows come and answers arrive, each row gets its URL's one answer."""
    deduplicator = Deduplicator(Answers(recent))
    sent: dict[str, int] = {}
    open_rows: dict[str, list[Claim]] = {}
    for number, (settles, which) in enumerate(steps):
        key = f"k{which}"
        if settles and key in open_rows:
            assert deduplicator.settle(key, answer(which)) == open_rows.pop(key)
        elif not settles:
            known: Any = deduplicator.claim(key, claim(number))
            if key in open_rows:
                assert known is False
                open_rows[key].append(claim(number))
            elif key in sent:
                assert known == answer(which)
            else:
                assert known is True
                sent[key] = which
                open_rows[key] = [claim(number)]
    deduplicator.close()


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 5)), max_size=200))
def test_only_requests_in_flight_are_known_for_an_endless_input(
    steps: list[tuple[bool, int]],
) -> None:
    """Rows are answered with the request that is under way; then the next row is the first."""
    deduplicator = InFlightDeduplicator()
    open_rows: dict[str, list[Claim]] = {}
    for number, (settles, which) in enumerate(steps):
        key = f"k{which}"
        if settles and key in open_rows:
            assert deduplicator.settle(key, answer(number)) == open_rows.pop(key)
        elif not settles:
            assert deduplicator.claim(key, claim(number)) is (key not in open_rows)
            open_rows.setdefault(key, []).append(claim(number))
    assert deduplicator._waiting == open_rows
    deduplicator.close()
