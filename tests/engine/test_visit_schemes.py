"""URLs without a scheme: https first, http when that cannot connect, and what is told then."""

from dataclasses import replace

import pytest

from fetcher.engine.visit import Done, Elsewhere, RetryLater
from fetcher.failures import Failure, FailureKind
from fetcher.model import Response
from fetcher.transport.base import Exchange
from fetcher.urls import UrlError
from tests.engine.stepping import end, failing, go, plan, redirect, step

K = FailureKind
FALLBACKS = {
    K.CONNECT_REFUSED,
    K.CONNECT_TIMEOUT,
    K.CONNECT_FAILED,
    K.NETWORK_UNREACHABLE,
    K.PROXY_FAILED,
    K.TLS_FAILED,
}


@pytest.mark.parametrize(
    ("text", "href", "guessed"),
    [
        ("http://h/p", "http://h/p", False),
        (" HTTPS://H ", "https://h/", False),
        ("example.com", "https://example.com/", True),
        ("localhost:8080/x", "https://localhost:8080/x", True),
        ("192.168.1.1:80", "https://192.168.1.1:80/", True),
        ("[::1]:8080", "https://[::1]:8080/", True),
        ("//host/x", "https://host/x", True),
        ("user@host", "https://user@host/", True),
        ("\u00a0bücher.example\u2003", "https://xn--bcher-kva.example/", True),
    ],
)
def test_a_url_without_a_scheme_is_tried_with_https(text: str, href: str, guessed: bool) -> None:
    """A scheme that was written is used; otherwise it is https, and that is known as a guess."""
    visit = plan(text)
    assert (visit.url.href, visit.guessed) == (href, guessed)
    assert visit.start == visit.url


@pytest.mark.parametrize("text", ["", " ", "not a url", "mailto:me@h", "ftp://h", "http://", "/ x"])
def test_what_cannot_be_a_url_is_refused(text: str) -> None:
    """Text that names no web address raises UrlError."""
    with pytest.raises(UrlError):
        plan(text)


@pytest.mark.parametrize("kind", FailureKind)
def test_a_guessed_https_falls_back_when_it_cannot_connect(kind: FailureKind) -> None:
    """http is tried when https cannot connect, never when its certificate is bad, say."""
    visit = plan("h:8080/p?q#f")
    following = step(visit, failing(kind), retries=0)
    if kind in FALLBACKS:
        assert isinstance(following, Elsewhere)
        assert following.visit.url.href == "http://h:8080/p?q"
        assert following.visit.attempt == 1
        assert following.visit.elapsed == 0
    else:
        assert isinstance(following, Done)
        assert following.outcome.failure == Failure.of(kind)


@pytest.mark.parametrize("kind", FailureKind)
def test_a_scheme_that_was_written_is_never_changed(kind: FailureKind) -> None:
    """No failure leads from a written https to http."""
    assert not isinstance(step(plan("https://h/"), failing(kind)), Elsewhere)


@pytest.mark.parametrize(
    ("why", "falls_back"),
    [("connect_refused", True), ("tls_failed", True), ("tls_expired", False), ("503", False)],
)
def test_a_robots_txt_that_cannot_be_fetched_counts_as_https_itself(
    why: str, falls_back: bool
) -> None:
    """With --robots it is the robots.txt that finds out first that https cannot connect."""
    following = step(plan("h"), failing(K.ROBOTS_UNREACHABLE, why))
    assert isinstance(following, Elsewhere) == falls_back


def test_a_guessed_https_that_redirected_does_not_fall_back() -> None:
    """Once https has answered, a failure further on is that failure."""
    visit = go(plan("h"), redirect("https://other/"))
    assert end(visit, failing(K.CONNECT_REFUSED), retries=0).failure == Failure.of(
        K.CONNECT_REFUSED
    )


@pytest.mark.parametrize(
    ("https", "http", "reported"),
    [
        (K.CONNECT_REFUSED, K.CONNECT_REFUSED, K.CONNECT_REFUSED),
        (K.CONNECT_TIMEOUT, K.CONNECT_REFUSED, K.CONNECT_TIMEOUT),
        (K.TLS_FAILED, K.CONNECT_REFUSED, K.TLS_FAILED),
        (K.CONNECT_REFUSED, K.READ_TIMEOUT, K.READ_TIMEOUT),
        (K.TLS_FAILED, K.BODY_TRUNCATED, K.BODY_TRUNCATED),
        (K.TLS_FAILED, K.ROBOTS_DENIED, K.ROBOTS_DENIED),
        (K.CONNECT_REFUSED, K.TOO_MANY_OPEN_FILES, K.CONNECT_REFUSED),
    ],
)
def test_when_both_schemes_fail_the_one_that_came_further_is_reported(
    https: FailureKind, http: FailureKind, reported: FailureKind
) -> None:
    """Of two failures the later phase says more, of two alike it is https; both are told."""
    visit = go(plan("h"), failing(https, "the one"))
    outcome = end(visit, failing(http, "the other"), retries=0)
    assert outcome.failure is not None
    assert outcome.failure.kind is reported
    assert outcome.failure.detail == f"https: {https.value} the one; http: {http.value} the other"
    assert outcome.attempts == 1


def test_an_answer_over_http_is_the_answer() -> None:
    """After the fallback an answer of any status stands, and nothing tells of https."""
    visit = go(plan("h/p"), failing(K.CONNECT_REFUSED))
    outcome = end(visit, Exchange(status=404, elapsed=0.5))
    assert outcome.response == Response(404, "http://h/p")
    assert outcome.failure is None
    assert outcome.elapsed == 0.5


def test_a_retry_after_both_schemes_failed_begins_with_https() -> None:
    """The next attempt knows nothing of the last one: https first, http if that fails again."""
    visit = go(plan("h"), failing(K.CONNECT_TIMEOUT))
    again = step(visit, failing(K.CONNECT_TIMEOUT))
    assert isinstance(again, RetryLater)
    assert again.visit == replace(plan("h"), attempt=2, earlier=("connect_timeout",))
    assert go(again.visit, failing(K.CONNECT_TIMEOUT)).url.href == "http://h/"
