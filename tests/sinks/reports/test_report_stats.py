"""Totals count every entry, and remember only a few of them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fetcher.judgement.verdict import Health
from fetcher.sinks.reports.report_stats import ReportEntry, Totals
from tests.sinks.reports.making import ALL, GONE, entry, many


def of(*entries: ReportEntry) -> Totals:
    """Add entries up."""
    totals = Totals()
    for one in entries:
        totals.add(one)
    return totals


def test_each_health_is_counted() -> None:
    """Counts by health, alone and together."""
    totals = of(*ALL, GONE)
    assert totals.count == 5
    assert [totals.of(health) for health in Health] == [1, 1, 2, 1]
    assert totals.of(Health.UNHEALTHY, Health.DEGRADED) == 3
    assert totals.seconds == pytest.approx(5 * 0.0123)


def test_groups_come_by_gravity_and_then_by_size() -> None:
    """The same trouble is two groups where it makes a URL degraded here and unhealthy there."""
    totals = of(
        *many(3, health="degraded", trouble="timeout"),
        *many(1, health="unhealthy", trouble="gone"),
        *many(2, health="unhealthy", trouble="timeout"),
        *many(9, health="unknown", trouble="local"),
        *many(5),
    )
    found = totals.groups(Health.UNHEALTHY, Health.UNKNOWN, Health.DEGRADED)
    assert [(group.health, group.trouble, group.count) for group in found] == [
        ("unhealthy", "timeout", 2),
        ("unhealthy", "gone", 1),
        ("unknown", "local", 9),
        ("degraded", "timeout", 3),
    ]
    assert [group.trouble for group in totals.groups(Health.UNKNOWN)] == ["local"]


def test_a_group_keeps_its_first_entries() -> None:
    """However many there are, a group holds the first ones, in their order."""
    (group,) = of(*many(1_000, health="unhealthy", trouble="dns")).groups(Health.UNHEALTHY)
    assert group.count == 1_000
    assert [one.url for one in group.first] == [f"https://h{n}.example/" for n in range(200)]


@given(st.lists(st.integers(0, 50)))
def test_the_slowest_are_those_of_all(times: list[int]) -> None:
    """The five longest answers come out, longest first, and of equals the earlier one."""
    entries = [entry(f"https://h{n}.example/", elapsed_ms=float(ms)) for n, ms in enumerate(times)]
    expected = sorted(entries, key=lambda one: -(one.elapsed_ms or 0))[:5]
    assert of(*entries).slowest() == expected


def test_what_did_not_answer_is_not_an_answer() -> None:
    """A failure's time is spent, but is no latency of an answer."""
    totals = of(entry(status=None, elapsed_ms=30_000.0), entry(elapsed_ms=None))
    assert totals.seconds == 30
    assert totals.latencies.count == 0
    assert totals.slowest() == []
