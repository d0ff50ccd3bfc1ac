"""Statuses that are not accepted."""

import pytest

from fetcher.judgement.expectations import Expectations, parse_statuses
from fetcher.judgement.judge import worth_rechecking
from fetcher.judgement.verdict import BodyFindings, Health, Trouble
from tests.judgement.making import answered, verdict


@pytest.mark.parametrize(
    ("status", "trouble", "text"),
    [
        (404, Trouble.GONE, "status 404 (Not Found), expected 200..299"),
        (410, Trouble.GONE, "status 410 (Gone), expected 200..299"),
        (403, Trouble.CLIENT_ERROR, "status 403 (Forbidden), expected 200..299"),
        (401, Trouble.CLIENT_ERROR, "status 401 (Unauthorized), expected 200..299"),
        (500, Trouble.SERVER_ERROR, "status 500 (Internal Server Error), expected 200..299"),
        (599, Trouble.SERVER_ERROR, "status 599, expected 200..299"),
        (304, Trouble.REDIRECT, "status 304 (Not Modified), expected 200..299"),
        (700, Trouble.PROTOCOL, "status 700, expected 200..299"),
    ],
)
def test_a_status_is_named_and_classed(status: int, trouble: Trouble, text: str) -> None:
    """With what was expected instead."""
    found = verdict(answered(status))
    assert (found.health, found.trouble, found.text) == (Health.UNHEALTHY, trouble, text)


@pytest.mark.parametrize(
    ("accepted", "status", "healthy"),
    [
        ("401", 401, True),
        ("200..299,401", 401, True),
        ("401", 200, False),
        ("2xx,4xx", 404, True),
        ("429", 429, True),
        ("200", 204, False),
    ],
)
def test_statuses_can_be_accepted(accepted: str, status: int, healthy: bool) -> None:
    """Each status, and no other."""
    found = verdict(answered(status), Expectations(status=parse_statuses(accepted)))
    assert (found.health is Health.HEALTHY) is healthy


def test_a_page_where_none_was_expected_is_the_wrong_content() -> None:
    """A 200 behind a login that should be asked for."""
    found = verdict(answered(200), Expectations(status=((401, 401),)))
    assert (found.trouble, found.text) == (Trouble.CONTENT, "status 200 (OK), expected 401")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("", ""),
        ("120", ", asks to wait 2 min"),
        ("5", ", asks to wait 5 s"),
        ("Wed, 21 Oct 2026 07:28:00 GMT", ", asks to wait until Wed, 21 Oct 2026 07:28:00 GMT"),
        ("soon", ', with a Retry-After that is neither a time nor a date: "soon"'),
        ("-5", ', with a Retry-After that is neither a time nor a date: "-5"'),
        ("9" * 5000, ", asks to wait 11574074 d 1 h"),
    ],
)
@pytest.mark.parametrize("status", [429, 503])
def test_retry_after_is_quoted(status: int, value: str, text: str) -> None:
    """Seconds or a date, with both statuses that have it."""
    found = verdict(answered(status, headers={"retry-after": value} if value else {}))
    assert text in found.text
    assert ("wait" in found.text or "Retry-After" in found.text) is bool(text)
    assert len(found.text) < 400


@pytest.mark.parametrize(
    ("value", "worth"),
    [
        ("", True),
        ("2", True),
        ("120", False),
        ("Fri, 15 Jan 2027 08:00:05 GMT", True),
        ("Fri, 15 Jan 2027 09:00:00 GMT", False),
        ("Fri, 15 Jan 2027 09:00:00", False),
        ("Wed, 21 Oct 2015 07:28:00 GMT", True),
        ("soon", True),
    ],
)
def test_who_asks_for_a_long_wait_is_left_alone(value: str, worth: bool) -> None:
    """A second try at the end of the run would come too early, and make it worse."""
    found = verdict(answered(429, headers={"retry-after": value} if value else {}))
    assert worth_rechecking(found) is worth


def test_a_rate_limit_is_nobodys_fault() -> None:
    """The verdict is unknown, and says what to do."""
    found = verdict(answered(429))
    assert (found.health, found.trouble) == (Health.UNKNOWN, Trouble.RATE_LIMITED)
    assert found.text == "rate limited: status 429 (Too Many Requests); ask this host less often"


def test_an_error_page_is_not_complained_about_as_well() -> None:
    """It is another page than the one that was expected; how long it took counts all the same."""
    expected = Expectations(title="Shop", body_contains=("a",), unhealthy_after=1, unchanged="body")
    broken = BodyFindings((("body_contains", '"a"', "1 B read"),), hash="ab")
    found = verdict(answered(500, title="Error", elapsed=2, findings=broken), expected, "cd")
    assert [reason.trouble for reason in found.reasons] == [
        Trouble.SERVER_ERROR,
        Trouble.TIMEOUT,
    ]
