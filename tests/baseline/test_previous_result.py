"""Cells to values, and what is no value."""

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fetcher.baseline import PreviousResult
from fetcher.baseline.previous_result import previous_of
from fetcher.judgement.verdict import Health

CELLS: dict[str, Any] = {"url": "http://a.example/", "health": "healthy"}
COLUMNS = (
    *("url", "health", "trouble", "reason", "error", "status", "title", "elapsed_ms"),
    *("final_url", "cert_expires", "cert_fingerprint", "hash"),
)
ANY = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.just([1])


@pytest.mark.parametrize(
    ("name", "value", "problem"),
    [
        ("health", "fine", "health is 'fine', expected healthy, degraded, unhealthy, unknown"),
        ("health", 1, "health is '1', expected text"),
        ("status", "OK", "status is 'OK', expected an HTTP status"),
        ("status", True, "status is 'True', expected an HTTP status"),
        ("status", 99, "status is '99', expected"),
        ("status", 200.5, "status is '200.5', expected"),
        ("status", "9" * 5000, "status is '9{60}…', expected"),
        ("elapsed_ms", "soon", "elapsed_ms is 'soon', expected milliseconds"),
        ("elapsed_ms", -1, "elapsed_ms is '-1', expected"),
        ("elapsed_ms", float("nan"), "elapsed_ms is 'nan', expected"),
        ("elapsed_ms", 10**400, "elapsed_ms is '10*…', expected"),
        ("elapsed_ms", {"ms": 1}, "expected milliseconds"),
        ("cert_expires", "soon", "cert_expires is 'soon', expected a time such as 2027"),
        ("title", "caf\udce9", "title is not text in UTF-8: byte 0xE9 at position 4"),
        ("title", "caf\udce9", "byte 0xE9 at position 4 is not valid UTF-8"),
        ("url", "http://" + "a" * 70_000, "the url is longer than 64 KiB"),
        ("url", None, None),
        ("title", None, None),
        ("trouble", "new_in_version_9", None),
    ],
)
def test_a_wrong_value_is_told(name: str, value: object, problem: str | None) -> None:
    """An error names the column, what is there, and what was expected."""
    if problem is None:
        assert previous_of({**CELLS, name: value}).health is Health.HEALTHY
    else:
        with pytest.raises(ValueError, match=problem):
            previous_of({**CELLS, name: value})


def test_a_list_is_no_result() -> None:
    """What was never checked, or has no URL, is told from a result by its columns."""
    with pytest.raises(ValueError, match="there is no url; there is link, health"):
        previous_of({"link": "http://a.example/", "health": "healthy"})
    with pytest.raises(ValueError, match=r"these are no results.* there is url, name"):
        previous_of({"url": "http://a.example/", "name": "A"})


def test_absent_is_none() -> None:
    """A column that is not there is None; a title that is empty is a title all the same."""
    assert previous_of(CELLS) == PreviousResult("http://a.example/", Health.HEALTHY)
    empty = dict.fromkeys(COLUMNS[2:], "")
    assert previous_of({**CELLS, **empty}) == PreviousResult(
        "http://a.example/", Health.HEALTHY, title=""
    )


@pytest.mark.parametrize("text", ["2027-01-15T08:00:00Z", "2027-01-15T09:00:00+01:00"])
def test_expiry_is_read_as_a_moment(text: str) -> None:
    """Times of expiry are moments, whatever their offset; without one they are in UTC."""
    assert previous_of({**CELLS, "cert_expires": text}).expires == 1_800_000_000
    assert previous_of({**CELLS, "cert_expires": text[:19]}).expires in (
        1_800_000_000,
        1_800_003_600,
    )


def test_without_verdict_and_status_nothing_is_known() -> None:
    """A row without verdict, error and status is neither healthy nor not."""
    assert previous_of({"url": "a", "status": ""}).judged is Health.UNKNOWN
    assert previous_of({"url": "a", "failure": "dns_timeout"}).judged is Health.UNHEALTHY


@given(st.dictionaries(st.sampled_from(COLUMNS), ANY))
def test_only_one_error_is_raised(cells: dict[str, Any]) -> None:
    """Whatever the cells hold, there is a row of possible values or a ValueError."""
    with suppress(ValueError):
        row = previous_of(cells)
        assert row.url == cells["url"] or not row.url
        assert row.status is None or 100 <= row.status <= 999
        assert row.elapsed is None or row.elapsed >= 0
