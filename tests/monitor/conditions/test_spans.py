"""How the time between two checks counts."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fetcher.monitor.conditions import spans
from fetcher.monitor.conditions.maintenance_windows import Period
from fetcher.monitor.target_state import Condition, Span, TimeClass
from tests.monitor.conditions.making import DAY, HOUR, MINUTE

NOON = 1_800_000_000.0 - 1_800_000_000.0 % DAY + DAY / 2


def shown(found: tuple[Span, ...]) -> list[tuple[float, float, str]]:
    """Spans in minutes after noon."""
    return [
        ((each.start - NOON) / MINUTE, (each.end - NOON) / MINUTE, each.time_class.value)
        for each in found
    ]


def at(minutes: float) -> float:
    """So many minutes after noon."""
    return NOON + minutes * MINUTE


@pytest.mark.parametrize(
    ("condition", "time_class"),
    [
        (Condition.UP, "up"),
        (Condition.DEGRADED, "degraded"),
        (Condition.DOWN, "down"),
        (Condition.NEW, "unwatched"),
    ],
)
def test_time_counts_by_the_condition(condition: Condition, time_class: str) -> None:
    """As long as nothing is known of a target, nobody has watched it."""
    assert shown(spans(at(1), at(2), condition, 120)) == [(1, 2, time_class)]


def test_a_check_that_could_not_see_leaves_its_time_unwatched() -> None:
    """All of it, from the check before on."""
    assert shown(spans(at(1), at(2), Condition.UP, 120, known=False)) == [(1, 2, "unwatched")]


def test_what_is_longer_ago_than_a_check_holds_was_unwatched() -> None:
    """The monitor did not run: the condition holds for two minutes."""
    found = spans(at(1), at(31), Condition.DOWN, 120)
    assert shown(found) == [(1, 3, "down"), (3, 31, "unwatched")]


def test_maintenance_counts_as_nothing_else() -> None:
    """Neither as what the target was, nor as unwatched."""
    announced = [(at(-5), at(2)), (at(4), at(5)), (at(20), at(90))]
    found = spans(at(1), at(30), Condition.UP, 600, announced)
    assert shown(found) == [
        (1, 2, "maintenance"),
        (2, 4, "up"),
        (4, 5, "maintenance"),
        (5, 11, "up"),
        (11, 20, "unwatched"),
        (20, 30, "maintenance"),
    ]
    offline = spans(at(1), at(6), Condition.UP, 600, announced, known=False)
    assert [time_class for _, _, time_class in shown(offline)] == [
        "maintenance",
        "unwatched",
        "maintenance",
        "unwatched",
    ]


def test_spans_are_cut_at_full_hours() -> None:
    """A span that ends with the hour, or begins with it, is not cut once more."""
    assert shown(spans(at(50), at(130), Condition.UP, 9000)) == [
        (50, 60, "up"),
        (60, 120, "up"),
        (120, 130, "up"),
    ]
    assert shown(spans(at(60), at(120), Condition.UP, 9000)) == [(60, 120, "up")]
    assert shown(spans(at(50), at(70), Condition.UP, 600)) == [
        (50, 60, "up"),
        (60, 70, "unwatched"),
    ]


def test_without_time_in_between_there_are_none() -> None:
    """The first check, two at once, and a clock that was set back."""
    assert spans(None, NOON, Condition.UP, 60) == ()
    assert spans(NOON, NOON, Condition.UP, 60) == ()
    assert spans(NOON + 1, NOON, Condition.UP, 60) == ()


def test_of_a_gap_of_years_only_the_end_is_given() -> None:
    """A clock that stood in 1970 does not make half a million spans."""
    found = spans(0.0, NOON, Condition.UP, 120)
    assert found[0].start == NOON - 400 * DAY
    assert found[-1].end == NOON
    assert {span.time_class for span in found} == {TimeClass.UNWATCHED}
    assert len(found) == 400 * 24


moments = st.integers(1_600_000_000 * 64, 2_400_000_000 * 64).map(lambda ticks: ticks / 64)
gaps = st.floats(0.001, 10 * DAY) | st.floats(0.001, 200.0) | st.sampled_from([60.0, HOUR, DAY])
stretches = st.lists(st.floats(0.0, 2 * DAY), max_size=12, unique=True).map(
    lambda edges: list(zip(sorted(edges)[::2], sorted(edges)[1::2], strict=False))
)


@given(moments, gaps, st.sampled_from(Condition), gaps, stretches, st.booleans())
def test_spans_account_for_every_moment_once(
    last: float,
    gap: float,
    condition: Condition,
    longest: float,
    offsets: list[Period],
    seen: bool,
) -> None:
    """In order, without holes, none over a full hour, and together exactly the time that passed."""
    now = last + gap
    announced = [(last + first, last + end) for first, end in offsets if last + first < last + end]
    found = spans(last, now, condition, longest, announced, known=seen)
    assert [found[0].start, found[-1].end] == [last, now]
    assert all(before.end == after.start for before, after in pairwise(found))
    assert sum(span.end - span.start for span in found) == now - last
    for span in found:
        assert span.start < span.end
        assert span.start // HOUR == span.end // HOUR or span.end == (span.start // HOUR + 1) * HOUR
        middle = (span.start + span.end) / 2
        worked_on = any(first <= middle < end for first, end in announced)
        assert (span.time_class is TimeClass.MAINTENANCE) == worked_on
        if not worked_on:
            known = seen and condition is not Condition.NEW and middle < last + longest
            assert span.time_class.value == (condition.value if known else "unwatched")
    for before, after in pairwise(found):
        assert before.time_class is not after.time_class or not after.start % HOUR


@given(moments, st.lists(st.tuples(gaps, st.sampled_from(Condition), st.booleans()), max_size=20))
def test_over_many_checks_and_restarts_no_second_is_lost(
    start: float, checks: list[tuple[float, Condition, bool]]
) -> None:
    """All spans of a history, one check after the other, come to exactly its length."""
    last, total = start, 0.0
    for gap, condition, seen in checks:
        found = spans(last, last + gap, condition, 120.0, known=seen)
        total += sum(span.end - span.start for span in found)
        last += gap
    assert total == last - start
