"""What a check proves about our own connectivity, by what became of it."""

import pytest

from fetcher.failures import Failure, FailureKind
from fetcher.judgement.failure_rules import FAILURES as JUDGED
from fetcher.judgement.verdict import HEALTHY, Health, Reason, Trouble, Verdict
from fetcher.model import Outcome, Response
from fetcher.monitor.connectivity import Evidence, evidence_of
from fetcher.monitor.connectivity.evidence import FAILURES

BAD = Verdict(Health.UNHEALTHY, (Reason(Health.UNHEALTHY, Trouble.CONNECT, "bad"),))
UNSURE = Verdict(Health.UNKNOWN, (Reason(Health.UNKNOWN, Trouble.LOCAL, "unsure"),))


def test_every_kind_of_failure_shows_something() -> None:
    """A new kind of failure is given its place before it can be met."""
    assert set(FAILURES) == set(FailureKind)


def test_what_is_blamed_on_us_casts_no_doubt_on_a_target() -> None:
    """The judgement says `local` or nothing of the target for all that is our fault."""
    for kind, shown in FAILURES.items():
        if shown is Evidence.FAULT:
            assert JUDGED[kind].trouble is Trouble.LOCAL
        if shown is Evidence.DOUBT:
            assert JUDGED[kind].health is Health.UNHEALTHY


@pytest.mark.parametrize("status", [200, 302, 404, 500, 503])
def test_any_answer_shows_that_we_can_see(status: int) -> None:
    """An error is an answer too."""
    assert evidence_of(Outcome(Response(status, "http://a/")), BAD) is Evidence.ONLINE


@pytest.mark.parametrize(
    ("kind", "detail", "shown"),
    [
        (FailureKind.CONNECT_TIMEOUT, "", Evidence.DOUBT),
        (FailureKind.TLS_EXPIRED, "", Evidence.DOUBT),
        (FailureKind.NETWORK_UNREACHABLE, "", Evidence.FAULT),
        (FailureKind.ROBOTS_UNREACHABLE, "503", Evidence.NOTHING),
        (FailureKind.ROBOTS_UNREACHABLE, "connect_timeout", Evidence.DOUBT),
        (FailureKind.TOO_MANY_REDIRECTS, "", Evidence.ONLINE),
        (FailureKind.INTERNAL_ERROR, "", Evidence.NOTHING),
    ],
)
def test_a_failure_shows_what_can_have_caused_it(
    kind: FailureKind, detail: str, shown: Evidence
) -> None:
    """By its kind; where robots.txt could not be read, by why not."""
    assert evidence_of(Outcome(failure=Failure.of(kind, detail)), BAD) is shown


def test_a_body_that_breaks_off_shows_nothing_good() -> None:
    """The network may have gone after the head of the answer had come."""
    broken = Outcome(Response(200, "http://a/"), Failure.of(FailureKind.BODY_TRUNCATED))
    assert evidence_of(broken, BAD) is Evidence.DOUBT


def test_what_is_excused_already_shows_nothing() -> None:
    """A timeout that passed while we stalled does not prove that we are offline."""
    late = Outcome(failure=Failure.of(FailureKind.READ_TIMEOUT))
    assert evidence_of(late, UNSURE) is Evidence.NOTHING
    assert evidence_of(Outcome(), HEALTHY) is Evidence.NOTHING
