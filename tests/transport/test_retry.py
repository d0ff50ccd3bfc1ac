"""When to try again, and how long to wait: on an injected clock and with injected randomness."""

import random
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fetcher.failures import FACTS, Failure, FailureKind
from fetcher.settings import Settings
from fetcher.transport.base import Exchange
from fetcher.transport.retry import RETRIED_STATUSES, Retrying, can_pass

NOW = datetime(2026, 3, 1, 12, 0, 0, tzinfo=UTC)
FAILED = Exchange(Failure.of(FailureKind.CONNECTION_RESET))
WAITS = st.floats(0, 1e6, allow_nan=False)


class Drawing(random.Random):
    """Randomness that always draws the same number."""

    def __init__(self, drawn: float) -> None:
        super().__init__()
        self.drawn = drawn

    def random(self) -> float:
        """The number."""
        return self.drawn


def retrying(
    retries: int = 3, wait: float = 1.0, longest: float = 60.0, drawn: float = 0.5
) -> Retrying:
    """The thing under test, on a stopped clock."""
    options = Settings(retries=retries, retry_wait=wait, retry_max_wait=longest)
    return Retrying(options, Drawing(drawn), NOW.timestamp)


def asking(value: str, status: int = 503) -> Exchange:
    """An answer with a Retry-After header."""
    return Exchange(status=status, headers={"Retry-After": value})


@given(
    attempt=st.integers(1, 10**6),
    wait=WAITS,
    longest=WAITS,
    drawn=st.floats(0, 1, exclude_max=True),
)
def test_a_delay_stays_within_its_bounds(
    attempt: int, wait: float, longest: float, drawn: float
) -> None:
    """Between half of the doubled wait and all of it, never negative, never over the longest."""
    delay = retrying(10**6, wait, longest, drawn).delay(FAILED, attempt)
    ceiling = min(wait * 2.0 ** min(attempt - 1, 60), longest)
    assert delay is not None
    assert ceiling / 2 * (1 - 1e-9) <= delay <= ceiling
    assert 0 <= delay <= longest


@given(attempt=st.integers(1, 40), low=st.floats(0, 0.99), high=st.floats(0, 0.99))
def test_the_delay_is_spread_by_the_jitter(attempt: int, low: float, high: float) -> None:
    """A higher draw waits longer, so that a thousand clients do not come back together."""
    low, high = sorted((low, high))
    first = retrying(100, drawn=low).delay(FAILED, attempt)
    second = retrying(100, drawn=high).delay(FAILED, attempt)
    assert first is not None
    assert second is not None
    assert (first < second) if high - low > 1e-6 else (first <= second)


def test_the_wait_doubles_up_to_its_cap() -> None:
    """With the jitter at its middle: three quarters of 1, 2, 4, … 60 seconds."""
    delays = [retrying(100).delay(FAILED, attempt) for attempt in range(1, 9)]
    assert delays == [0.75, 1.5, 3.0, 6.0, 12.0, 24.0, 45.0, 45.0]


@given(retries=st.integers(0, 20), attempt=st.integers(1, 30))
def test_there_are_as_many_tries_as_allowed_and_no_more(retries: int, attempt: int) -> None:
    """The first one, and so many again."""
    assert (retrying(retries).delay(FAILED, attempt) is not None) == (attempt <= retries)


@pytest.mark.parametrize("kind", FailureKind)
def test_only_failures_that_can_pass_are_tried_again(kind: FailureKind) -> None:
    """By the table of failures."""
    exchange = Exchange(Failure.of(kind))
    assert can_pass(exchange) is FACTS[kind].can_pass
    assert (retrying().delay(exchange, 1) is not None) is FACTS[kind].can_pass


@pytest.mark.parametrize("status", range(100, 600))
def test_only_statuses_that_can_pass_are_tried_again(status: int) -> None:
    """Timeouts, too early, too many, and what a server calls its own passing fault."""
    expected = status in {408, 425, 429, 500, 502, 503, 504}
    assert (status in RETRIED_STATUSES) is expected
    assert (retrying().delay(Exchange(status=status), 1) is not None) is expected


@given(seconds=st.integers(0, 10**30), longest=WAITS)
def test_retry_after_in_seconds_is_kept_up_to_the_cap(seconds: int, longest: float) -> None:
    """However large: the host waits the cap, and the target at least as long."""
    subject = retrying(longest=longest, wait=0.0)
    asked = subject.retry_after(asking(str(seconds)))
    assert asked == min(seconds, longest)
    assert subject.delay(asking(str(seconds)), 1) == asked


@given(seconds=st.integers(-(10**9), 10**9))
def test_retry_after_as_a_date_is_kept_too(seconds: int) -> None:
    """A date that is past means now; the cap holds."""
    value = format_datetime(NOW + timedelta(seconds=seconds), usegmt=True)
    asked = retrying(longest=120.0).retry_after(asking(value))
    assert asked == min(max(0, seconds), 120.0)


@pytest.mark.parametrize("value", ["", "-5", "soon"])
def test_what_is_not_valid_is_ignored(value: str) -> None:
    """Then the usual delay counts."""
    assert retrying().retry_after(asking(value)) is None
    assert retrying().delay(asking(value), 1) == 0.75


@pytest.mark.parametrize(("status", "asks"), [(429, True), (503, True), (500, False), (301, False)])
def test_only_429_and_503_make_the_host_wait(status: int, asks: bool) -> None:
    """RFC 9110, section 10.2.3, and RFC 6585; on a redirect it means something else."""
    assert (retrying().retry_after(asking("5", status)) is not None) is asks


def test_retry_after_is_a_lower_bound_and_not_a_replacement() -> None:
    """A server that asks for nothing does not do away with the back-off."""
    assert retrying().delay(asking("0"), 3) == 3.0
    assert retrying().delay(asking("20"), 3) == 20.0
