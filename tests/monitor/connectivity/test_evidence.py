"""What a check shows of our own sight, by what became of it."""

import pytest

from fetcher.failures import Failure, FailureKind
from fetcher.judgement.failure_rules import FAILURES as JUDGED
from fetcher.judgement.verdict import HEALTHY, Health, Reason, Trouble, Verdict
from fetcher.model import Outcome, Response
from fetcher.monitor.connectivity import Shows, shows
from fetcher.monitor.connectivity.evidence import FAILURES

BAD = Verdict(Health.UNHEALTHY, (Reason(Health.UNHEALTHY, Trouble.CONNECT, "bad"),))
UNSURE = Verdict(Health.UNKNOWN, (Reason(Health.UNKNOWN, Trouble.LOCAL, "unsure"),))


def test_every_kind_of_failure_shows_something() -> None:
    """A new kind of failure is given its place before it can be met."""
    assert set(FAILURES) == set(FailureKind)


def test_what_is_blamed_on_us_casts_no_doubt_on_a_target() -> None:
    """The judgement says `here` or nothing of the target for all that is our fault."""
    for kind, shown in FAILURES.items():
        if shown is Shows.FAULT:
            assert JUDGED[kind].trouble is Trouble.LOCAL
        if shown is Shows.DOUBT:
            assert JUDGED[kind].health is Health.UNHEALTHY


@pytest.mark.parametrize("status", [200, 302, 404, 500, 503])
def test_any_answer_shows_that_we_can_see(status: int) -> None:
    """An error is an answer too."""
    assert shows(Outcome(Response(status, "http://a/")), BAD) is Shows.ONLINE


@pytest.mark.parametrize(
    ("kind", "detail", "shown"),
    [
        (FailureKind.CONNECT_TIMEOUT, "", Shows.DOUBT),
        (FailureKind.TLS_EXPIRED, "", Shows.DOUBT),
        (FailureKind.NETWORK_UNREACHABLE, "", Shows.FAULT),
        (FailureKind.ROBOTS_UNREACHABLE, "503", Shows.NOTHING),
        (FailureKind.ROBOTS_UNREACHABLE, "connect_timeout", Shows.DOUBT),
        (FailureKind.TOO_MANY_REDIRECTS, "", Shows.ONLINE),
        (FailureKind.INTERNAL_ERROR, "", Shows.NOTHING),
    ],
)
def test_a_failure_shows_what_can_have_caused_it(
    kind: FailureKind, detail: str, shown: Shows
) -> None:
    """By its kind; where robots.txt could not be read, by why not."""
    assert shows(Outcome(failure=Failure.of(kind, detail)), BAD) is shown


def test_a_body_that_breaks_off_shows_nothing_good() -> None:
    """The network may have gone after the head of the answer had come."""
    broken = Outcome(Response(200, "http://a/"), Failure.of(FailureKind.BODY_TRUNCATED))
    assert shows(broken, BAD) is Shows.DOUBT


def test_what_is_excused_already_shows_nothing() -> None:
    """A time limit that passed while we stood still is no sign of darkness."""
    late = Outcome(failure=Failure.of(FailureKind.READ_TIMEOUT))
    assert shows(late, UNSURE) is Shows.NOTHING
    assert shows(Outcome(), HEALTHY) is Shows.NOTHING
