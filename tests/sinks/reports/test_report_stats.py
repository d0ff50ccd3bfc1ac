"""Totals count every entry and remember only a few; distributions and words are exact."""

import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fetcher.failures import FailureKind
from fetcher.judgement.verdict import Health, Trouble
from fetcher.sinks.reports.report_stats import (
    BOUNDS,
    CHECK_REPORT,
    FAILED,
    FETCHED,
    Latencies,
    ReportEntry,
    Totals,
    headline,
    milliseconds,
    run_report,
)
from tests.sinks.reports.making import ALL, BLOCKED, GONE, GOOD, SLOW, entry, many


def test_every_trouble_has_a_meaning() -> None:
    """One sentence each; and an empty one for what is none."""
    meanings = [CHECK_REPORT.meaning(trouble) for trouble in Trouble]
    assert all(text.endswith(".") for text in meanings)
    assert len(set(meanings)) == len(Trouble)
    assert CHECK_REPORT.meaning("") == ""


def test_every_failure_has_a_meaning() -> None:
    """In the report of a run without verdicts; a status has that of the HTTP standard."""
    kind = run_report("fetcher scrape")
    assert all(
        kind.meaning(failure).endswith((".", "-v shows its traceback.")) for failure in FailureKind
    )
    assert kind.meaning("status 404") == "Nothing matches the given URI"
    assert kind.meaning("status 999") == kind.meaning("") == ""


@pytest.mark.parametrize(
    ("entries", "expected"),
    [
        ([], "No URLs were checked"),
        ([GOOD], "The URL is healthy"),
        ([GOOD] * 1200, "All 1,200 URLs are healthy"),
        ([GOOD, SLOW], "1 of 2 URLs is degraded"),
        ([SLOW, SLOW], "2 of 2 URLs are degraded"),
        ([SLOW, BLOCKED], "1 of 2 URLs could not be judged"),
        ([SLOW, BLOCKED, GONE], "1 of 3 URLs is unhealthy"),
        ([GONE], "1 of 1 URL is unhealthy"),
    ],
)
def test_the_headline_names_the_worst(entries: list[ReportEntry], expected: str) -> None:
    """In numbers that agree with their verbs."""
    totals = Totals()
    for one in entries:
        totals.add(one)
    assert headline(totals) == expected


@pytest.mark.parametrize(
    ("ms", "expected"),
    [
        (0.0, "0 ms"),
        (9.94, "9.9 ms"),
        (9.96, "10 ms"),
        (999.4, "999 ms"),
        (999.6, "1 s"),
        (9994.0, "9.994 s"),
        (1_234_567.0, "20 min 35 s"),
    ],
)
def test_durations_have_about_three_digits(ms: float, expected: str) -> None:
    """And the unit that fits them, also where rounding leads into the next one."""
    assert milliseconds(ms) == expected


@pytest.mark.parametrize(
    ("states", "expected"),
    [
        ([], "No URLs were fetched"),
        ([FETCHED], "The URL was fetched"),
        ([FETCHED] * 3, "All 3 URLs were fetched"),
        ([FETCHED, FAILED], "1 of 2 URLs failed"),
    ],
)
def test_the_headline_of_a_run_without_verdicts(states: list[str], expected: str) -> None:
    """It says what was fetched, or how many failed."""
    totals = Totals(run_report("fetcher titles"))
    for state in states:
        totals.add(entry(health=state))
    assert headline(totals) == expected


def total(*entries: ReportEntry) -> Totals:
    """Add entries up."""
    totals = Totals()
    for one in entries:
        totals.add(one)
    return totals


def test_each_health_is_counted() -> None:
    """Counts by health, alone and together."""
    totals = total(*ALL, GONE)
    assert totals.count == 5
    assert [totals.of(health) for health in Health] == [1, 1, 2, 1]
    assert totals.of(Health.UNHEALTHY, Health.DEGRADED) == 3
    assert totals.seconds == pytest.approx(5 * 0.0123)


def test_groups_come_by_gravity_and_then_by_size() -> None:
    """The same trouble is two groups where it makes a URL degraded here and unhealthy there."""
    totals = total(
        *many(3, health="degraded", trouble="timeout"),
        *many(1, health="unhealthy", trouble="gone"),
        *many(2, health="unhealthy", trouble="timeout"),
        *many(9, health="unknown", trouble="local"),
        *many(5),
    )
    found = totals.groups()
    assert [(group.health, group.trouble, group.count) for group in found] == [
        ("unhealthy", "timeout", 2),
        ("unhealthy", "gone", 1),
        ("unknown", "local", 9),
        ("degraded", "timeout", 3),
    ]


def test_a_group_keeps_its_first_entries() -> None:
    """However many there are, a group holds the first ones, in their order."""
    (group,) = total(*many(1_000, health="unhealthy", trouble="dns")).groups()
    assert group.count == 1_000
    assert [one.url for one in group.first] == [f"https://h{n}.example/" for n in range(200)]


@given(st.lists(st.integers(0, 50)))
def test_the_slowest_are_those_of_all(times: list[int]) -> None:
    """The five longest answers come out, longest first, and of equals the earlier one."""
    entries = [entry(f"https://h{n}.example/", elapsed_ms=float(ms)) for n, ms in enumerate(times)]
    expected = sorted(entries, key=lambda one: -(one.elapsed_ms or 0))[:5]
    assert total(*entries).slowest() == expected


def test_what_did_not_answer_is_not_an_answer() -> None:
    """A failure's time is spent, but is no latency of an answer."""
    totals = total(entry(status=None, elapsed_ms=30_000.0), entry(elapsed_ms=None))
    assert totals.seconds == 30
    assert totals.latencies.count == 0
    assert totals.slowest() == []


DURATIONS = st.lists(st.floats(0.05, 1_000_000), min_size=1)


def spread(durations: list[float]) -> Latencies:
    """Count durations."""
    latencies = Latencies()
    for ms in durations:
        latencies.add(ms)
    return latencies


@given(DURATIONS)
def test_each_duration_is_in_one_class(durations: list[float]) -> None:
    """A class holds what is above the bound before its own, and not above that."""
    found = spread(durations).classes
    bounds = [-math.inf, *BOUNDS, math.inf]
    expected = [sum(low < ms <= high for ms in durations) for low, high in pairwise(bounds)]
    assert found == expected


@given(DURATIONS, st.sampled_from([0.01, 0.5, 0.95, 0.99, 1.0]))
def test_a_quantile_is_that_of_the_sorted_list(durations: list[float], share: float) -> None:
    """The nearest rank's own duration comes out, or up to a percent more, never above all."""
    exact = sorted(durations)[max(1, math.ceil(share * len(durations))) - 1]
    found = spread(durations).quantile(share)
    assert exact * 0.999999 <= found <= min(exact * 1.0101, max(durations))


def test_one_duration_is_told_exactly() -> None:
    """What half of one took is what it took."""
    assert spread([52.1]).quantile(0.5) == 52.1


@pytest.mark.parametrize("ms", [0.0, 0.001])
def test_nothing_is_too_short(ms: float) -> None:
    """No time at all is counted in the first class."""
    assert spread([ms]).classes[0] == 1
    assert spread([ms]).quantile(0.5) == ms


def test_none_at_all() -> None:
    """Where nothing answered, a quantile is 0."""
    assert Latencies().quantile(0.5) == 0


def test_many_durations_need_no_more_room() -> None:
    """What is kept does not grow with how many there are."""
    assert len(spread([0.1 + number % 977 for number in range(20_000)])._steps) < 1_000
