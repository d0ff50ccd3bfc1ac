"""What each kind of failure means."""

import pytest

from fetcher.failures import Failure, FailureKind, Phase
from fetcher.judgement.failure_rules import FAILURES
from fetcher.judgement.judge import worth_rechecking
from fetcher.judgement.verdict import Health, Trouble
from fetcher.model import Result
from tests.judgement.making import answered, failed, verdict

K = FailureKind


@pytest.mark.parametrize("kind", list(FailureKind))
def test_every_kind_has_a_meaning(kind: FailureKind) -> None:
    """A new kind needs a row; each makes one reason, in words, and is not healthy."""
    assert kind in FAILURES
    found = verdict(failed(kind, "some detail"))
    assert found.health in (Health.UNHEALTHY, Health.UNKNOWN)
    assert len(found.reasons) == 1
    assert len(found.text) > 20


@pytest.mark.parametrize(
    ("kind", "health", "trouble"),
    [
        (K.INVALID_URL, Health.UNHEALTHY, Trouble.INPUT),
        (K.ROBOTS_DENIED, Health.UNKNOWN, Trouble.DENIED),
        (K.ADDRESS_DENIED, Health.UNKNOWN, Trouble.DENIED),
        (K.DNS_NOT_FOUND, Health.UNHEALTHY, Trouble.DNS),
        (K.DNS_FAILED, Health.UNHEALTHY, Trouble.DNS),
        (K.DNS_TIMEOUT, Health.UNHEALTHY, Trouble.DNS),
        (K.RESOLVER_UNREACHABLE, Health.UNKNOWN, Trouble.LOCAL),
        (K.CONNECT_REFUSED, Health.UNHEALTHY, Trouble.CONNECT),
        (K.CONNECT_TIMEOUT, Health.UNHEALTHY, Trouble.TIMEOUT),
        (K.NETWORK_UNREACHABLE, Health.UNKNOWN, Trouble.LOCAL),
        (K.PROXY_FAILED, Health.UNKNOWN, Trouble.LOCAL),
        (K.READ_TIMEOUT, Health.UNHEALTHY, Trouble.TIMEOUT),
        (K.CONNECTION_RESET, Health.UNHEALTHY, Trouble.CONNECT),
        (K.INVALID_RESPONSE, Health.UNHEALTHY, Trouble.PROTOCOL),
        (K.BODY_TRUNCATED, Health.UNHEALTHY, Trouble.CONTENT),
        (K.REDIRECT_LOOP, Health.UNHEALTHY, Trouble.REDIRECT),
        (K.PARSER_CRASHED, Health.UNKNOWN, Trouble.LOCAL),
        (K.PARSE_TIMEOUT, Health.UNKNOWN, Trouble.LOCAL),
        (K.EXTRACT_FAILED, Health.UNKNOWN, Trouble.LOCAL),
        (K.INTERNAL_ERROR, Health.UNKNOWN, Trouble.LOCAL),
    ],
)
def test_whose_trouble_it_is(kind: FailureKind, health: Health, trouble: Trouble) -> None:
    """What this machine or our own rules did says nothing of the site."""
    found = verdict(failed(kind))
    assert (found.health, found.trouble) == (health, trouble)


@pytest.mark.parametrize(
    ("result", "text"),
    [
        (
            failed(K.CONNECT_REFUSED, "192.0.2.1 port 443"),
            "nothing listens at this address and port (192.0.2.1 port 443)",
        ),
        (
            failed(K.CONNECT_TIMEOUT, elapsed=10.0),
            "no connection within --connect-timeout, given up after 10 s",
        ),
        (
            failed(K.READ_TIMEOUT, elapsed=None),
            "the server did not finish its answer within --timeout",
        ),
        (
            answered(failure=Failure.of(K.READ_TIMEOUT, phase=Phase.BODY), elapsed=30.0),
            "the answer (status 200) did not end within --timeout, given up after 30 s",
        ),
        (
            answered(failure=Failure.of(K.CONNECTION_RESET, phase=Phase.BODY)),
            "the connection was reset by the other side in the middle of the body",
        ),
        (
            answered(failure=Failure.of(K.CONNECTION_CLOSED, phase=Phase.BODY)),
            "the connection was closed by the other side in the middle of the body",
        ),
        (failed(K.DNS_NOT_FOUND), "no such host name exists; check its spelling"),
    ],
)
def test_words_say_what_was_seen(result: Result, text: str) -> None:
    """In one sentence, with the numbers that are known."""
    assert verdict(result).text == text


@pytest.mark.parametrize(
    ("detail", "health", "trouble"),
    [
        ("connect_refused", Health.UNHEALTHY, Trouble.CONNECT),
        ("dns_not_found", Health.UNHEALTHY, Trouble.DNS),
        ("503", Health.UNKNOWN, Trouble.DENIED),
    ],
)
def test_a_host_that_is_down_for_robots_is_down(
    detail: str, health: Health, trouble: Trouble
) -> None:
    """That only its robots.txt was asked for does not make it any better."""
    found = verdict(failed(K.ROBOTS_UNREACHABLE, detail))
    assert (found.health, found.trouble) == (health, trouble)


def test_a_body_that_broke_off_keeps_its_bad_status() -> None:
    """Both are told; the failure comes first."""
    found = verdict(answered(503, failure=Failure.of(K.BODY_TRUNCATED, "9 of 100 bytes came")))
    assert [r.trouble for r in found.reasons] == [Trouble.CONTENT, Trouble.SERVER_ERROR]


def test_the_status_of_a_redirect_that_fails_is_no_trouble() -> None:
    """What is wrong with a loop is that it is one."""
    found = verdict(answered(302, failure=Failure.of(K.REDIRECT_LOOP)))
    assert [r.trouble for r in found.reasons] == [Trouble.REDIRECT]


def test_a_challenge_that_broke_off_is_still_one() -> None:
    """Nothing was lost of the page."""
    result = answered(
        403, headers={"cf-mitigated": "challenge"}, failure=Failure.of(K.BODY_TRUNCATED)
    )
    assert [r.trouble for r in verdict(result).reasons] == [Trouble.BLOCKED]


@pytest.mark.parametrize(
    ("kind", "worth"),
    [
        (K.INVALID_URL, False),
        (K.INVALID_ROW, False),
        (K.ROBOTS_DENIED, False),
        (K.ADDRESS_DENIED, False),
        (K.INTERNAL_ERROR, False),
        (K.TLS_EXPIRED, False),
        (K.TLS_HOSTNAME_MISMATCH, False),
        (K.TLS_FAILED, True),
        (K.CONNECT_REFUSED, True),
        (K.DNS_NOT_FOUND, True),
        (K.NETWORK_UNREACHABLE, True),
        (K.READ_TIMEOUT, True),
    ],
)
def test_what_may_pass_is_asked_again(kind: FailureKind, worth: bool) -> None:
    """Not what the input, our own rules or a certificate decide."""
    assert worth_rechecking(verdict(failed(kind))) is worth
