"""Verdicts: times, versions, tries, and asking again."""

import pytest

from fetcher.judgement.expectations import Expectations
from fetcher.judgement.judge import RULES, settle_recheck, worth_rechecking
from fetcher.judgement.verdict import HEALTHY, Health, Reason, Trouble, Verdict
from fetcher.model import TlsFacts
from tests.judgement.making import URL, answered, certificate, verdict

TIMES = Expectations(degraded_after=1, unhealthy_after=5)


def test_an_answer_as_it_should_be_is_healthy() -> None:
    """Without any reason."""
    assert verdict(answered()) is HEALTHY


def test_rules_have_names_of_their_own() -> None:
    """The table can be read."""
    assert len({rule.name for rule in RULES}) == len(RULES)


@pytest.mark.parametrize(
    ("elapsed", "health", "text"),
    [
        (1.0, Health.HEALTHY, ""),
        (1.001, Health.DEGRADED, "answered after 1.001 s, expected within 1 s"),
        (2.4, Health.DEGRADED, "answered after 2.4 s, expected within 1 s"),
        (12.34, Health.UNHEALTHY, "answered after 12.3 s, expected within 5 s"),
    ],
)
def test_times(elapsed: float, health: Health, text: str) -> None:
    """Only the graver limit is told."""
    found = verdict(answered(elapsed=elapsed), TIMES)
    assert (found.health, found.text) == (health, text)
    assert found.trouble is (Trouble.TIMEOUT if text else None)


@pytest.mark.parametrize(
    ("http", "tls", "url", "text"),
    [
        ("1.1", "1.3", URL, ""),
        ("1.0", "1.3", URL, "HTTP/1.0, expected HTTP/1.1 or newer"),
        ("1.1", "1.2", URL, "TLS 1.2, expected TLS 1.3 or newer"),
        ("1.1", "", URL, ""),
        ("", "1.3", URL, ""),
        ("1.1", "", "http://a.example/page", "no TLS, expected TLS 1.3 or newer"),
    ],
)
def test_versions(http: str, tls: str, url: str, text: str) -> None:
    """What is not known is not judged; what has no TLS is not protected by any."""
    result = answered(url=url, http_version=http, tls=TlsFacts(tls, certificate()))
    found = verdict(result, Expectations(http_min="1.1", tls_min="1.3"))
    assert found.text == text
    assert found.trouble is (Trouble.PROTOCOL if text else None)


def test_old_versions_are_accepted_unless_asked() -> None:
    """HTTP/1.0 is HTTP."""
    assert verdict(answered(http_version="1.0", tls=TlsFacts("1.2"))) is HEALTHY


def test_what_went_well_only_at_a_later_try_is_flaky() -> None:
    """It is degraded, and says what came before."""
    found = verdict(answered(earlier=("503", "connect_timeout")))
    assert (found.health, found.trouble) == (Health.DEGRADED, Trouble.FLAKY)
    assert found.text == "only the 3rd try went well; before that: 503, connect timeout"
    assert found.flaky == "503, connect_timeout"


def test_what_is_broken_is_not_called_flaky() -> None:
    """The last try did not go well."""
    found = verdict(answered(503, earlier=("503",)))
    assert [reason.trouble for reason in found.reasons] == [Trouble.SERVER_ERROR]
    assert found.flaky == ""


def test_the_gravest_reason_comes_first() -> None:
    """What is certain stands before what is not, and the worst decides."""
    expected = Expectations(degraded_after=0.1, certificate_days=14, title="x")
    found = verdict(answered(tls=TlsFacts("1.3")), expected)
    assert [reason.health for reason in found.reasons] == [
        Health.UNHEALTHY,
        Health.DEGRADED,
        Health.UNKNOWN,
    ]
    assert found.health is Health.UNHEALTHY


BROKEN = verdict(answered(503))
GONE = verdict(answered(404))
LIMITED = verdict(answered(429))
SLOW = verdict(answered(elapsed=2), TIMES)


def test_what_passes_when_asked_again_is_flaky() -> None:
    """Degraded, with what it came to the first time."""
    found = settle_recheck(BROKEN, HEALTHY)
    assert (found.health, found.trouble) == (Health.DEGRADED, Trouble.FLAKY)
    assert found.text == (
        "passed only when asked again at the end; the first time: "
        "status 503 (Service Unavailable), expected 200..299"
    )
    assert found.flaky == BROKEN.text


def test_what_is_slow_when_asked_again_is_flaky_too() -> None:
    """Both are told."""
    found = settle_recheck(BROKEN, SLOW)
    assert found.health is Health.DEGRADED
    assert [reason.trouble for reason in found.reasons] == [Trouble.TIMEOUT, Trouble.FLAKY]


def test_what_fails_again_says_so() -> None:
    """With the second reasons, and the first where they were others."""
    assert settle_recheck(BROKEN, BROKEN).text == f"{BROKEN.text} (failed twice)"
    found = settle_recheck(BROKEN, GONE)
    assert found.trouble is Trouble.GONE
    assert found.text == f"{GONE.text} (failed twice; the first time: {BROKEN.text})"
    assert found.flaky == ""


@pytest.mark.parametrize("second", [HEALTHY, SLOW, GONE, LIMITED])
def test_what_could_not_be_found_out_first_speaks_against_nobody(second: Verdict) -> None:
    """The second time counts alone."""
    assert settle_recheck(LIMITED, second) == second


def test_what_failed_has_failed_where_asking_again_told_nothing() -> None:
    """The first reasons stay."""
    found = settle_recheck(GONE, LIMITED)
    assert (found.health, found.trouble) == (Health.UNHEALTHY, Trouble.GONE)
    assert "asked again, that could not be found out: rate limited" in found.text


@pytest.mark.parametrize(
    ("reasons", "worth"),
    [
        ((), False),
        (("degraded",), False),
        (("unhealthy",), True),
        (("unknown",), True),
        (("unhealthy", "unhealthy!"), False),
        (("unhealthy", "unknown!"), False),
        (("unhealthy", "degraded!"), True),
    ],
)
def test_what_is_worth_to_be_asked_again(reasons: tuple[str, ...], worth: bool) -> None:
    """What failed, unless one of the grave reasons cannot pass (marked `!`)."""
    made = tuple(
        Reason(Health(name.rstrip("!")), Trouble.CONTENT, "x", not name.endswith("!"))
        for name in reasons
    )
    health = made[0].health if made else Health.HEALTHY
    assert worth_rechecking(Verdict(health, made)) is worth
