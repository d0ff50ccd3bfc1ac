"""What is remembered of a check."""

from fetcher.failures import Failure, FailureKind
from fetcher.judgement.verdict import Checked, Health, Reason, Trouble, Verdict
from fetcher.model import Certificate, Hop, Outcome, Response, Target, Timings, TlsFacts
from fetcher.monitor.connectivity import observe, undecided
from fetcher.monitor.target_state import Observation

DEGRADED = Verdict(
    Health.DEGRADED, (Reason(Health.DEGRADED, Trouble.TLS, "the certificate expires soon"),)
)
DOWN = Verdict(Health.UNHEALTHY, (Reason(Health.UNHEALTHY, Trouble.CONNECT, "nobody listens"),))


def test_all_that_an_answer_brought_is_remembered() -> None:
    """Each fact is in its place."""
    timings = Timings(0.01, 0.02, 0.03, 0.1, 0.2)
    certificate = Certificate("a", "ca", ("a",), 1.0, 2e9, fingerprint="ff")
    response = Response(200, "https://a/x", http_version="1.1", ip="192.0.2.1", bytes_read=512)
    outcome = Outcome(
        response,
        None,
        (Hop("https://a/", 301),),
        1,
        0.25,
        timings,
        tls=TlsFacts("1.3", certificate),
    )
    found = observe(Checked(Target(0, "https://a/"), outcome, verdict=DEGRADED), 99.5, 100.25)
    assert found == Observation(
        at=100.0,
        health=Health.DEGRADED,
        trouble=Trouble.TLS,
        text="the certificate expires soon",
        status=200,
        elapsed=0.25,
        due=99.5,
        ip="192.0.2.1",
        fingerprint="ff",
        expires=2e9,
        http_version="1.1",
        tls_version="1.3",
        redirects=1,
        bytes_read=512,
        timings=timings,
    )


def test_a_failure_has_little_to_remember() -> None:
    """Nothing was answered, so nothing is said of an answer."""
    failure = Failure.of(FailureKind.CONNECT_REFUSED)
    found = observe(
        Checked(Target(0, "http://a/"), Outcome(failure=failure), verdict=DOWN), 1.0, 2.0
    )
    assert found == Observation(
        2.0,
        Health.UNHEALTHY,
        Trouble.CONNECT,
        "nobody listens",
        due=1.0,
        failure=FailureKind.CONNECT_REFUSED,
    )


def test_what_could_not_be_seen_is_unknown() -> None:
    """The history keeps what it looked like, and why that counts for nothing."""
    found = undecided(
        Observation(1.0, Health.UNHEALTHY, Trouble.CONNECT, "no answer"), "no answer anywhere"
    )
    assert (found.health, found.trouble, found.at) == (Health.UNKNOWN, Trouble.LOCAL, 1.0)
    assert found.text == "the monitor is offline: no answer anywhere; the check found: no answer"
