"""Every trouble has its words, and the headline names what is worst."""

import pytest

from fetcher.judgement.verdict import Trouble
from fetcher.sinks.reports.report_stats import (
    MEANINGS,
    ReportEntry,
    Totals,
    headline,
    meaning,
    milliseconds,
)
from tests.sinks.reports.making import BLOCKED, GONE, GOOD, SLOW


def test_every_trouble_has_a_meaning() -> None:
    """One sentence each; and an empty one for what is none."""
    assert set(MEANINGS) == set(Trouble)
    assert all(text.endswith(".") for text in MEANINGS.values())
    assert meaning("gone") == MEANINGS[Trouble.GONE]
    assert meaning("") == ""


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
        (0.0, "0.0 ms"),
        (9.94, "9.9 ms"),
        (9.96, "10 ms"),
        (999.4, "999 ms"),
        (999.6, "1.00 s"),
        (9994.0, "9.99 s"),
        (9996.0, "10.0 s"),
        (1_234_567.0, "1,234.6 s"),
    ],
)
def test_durations_have_about_three_digits(ms: float, expected: str) -> None:
    """And the unit that fits them, also where rounding leads into the next one."""
    assert milliseconds(ms) == expected
