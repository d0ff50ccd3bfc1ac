"""Which method comes next: HEAD, and GET where HEAD tells nothing."""

from dataclasses import replace

import pytest

from fetcher.engine.visit import Elsewhere, Visit, plan
from fetcher.failures import FailureKind
from fetcher.transport.base import Exchange, Method
from tests.engine.scripted_run import NOTHING
from tests.engine.stepping import failing, go, step

K = FailureKind


def head_then_get(url: str = "http://a/") -> Visit:
    """A visit that asks with HEAD first."""
    return plan(url, replace(NOTHING, method=Method.HEAD_THEN_GET))


@pytest.mark.parametrize("kind", FailureKind)
def test_get_follows_head_when_that_has_no_valid_answer(kind: FailureKind) -> None:
    """What keeps any request from being answered says nothing of HEAD."""
    following = step(head_then_get(), failing(kind))
    if kind in {K.READ_TIMEOUT, K.CONNECTION_CLOSED, K.CONNECTION_RESET, K.INVALID_RESPONSE}:
        assert following == Elsewhere(replace(head_then_get(), method="GET"))
    else:
        assert not isinstance(following, Elsewhere)


@pytest.mark.parametrize("status", [400, 403, 404, 405, 429, 500, 501, 503, 999])
def test_get_follows_head_when_that_brings_an_error(status: int) -> None:
    """But for the one that asks for fewer requests; after GET there is no other method."""
    visit = head_then_get()
    following = step(visit, Exchange(status=status))
    assert (following == Elsewhere(replace(visit, method="GET"))) == (status != 429)
    asked = replace(visit, method="GET")
    assert not isinstance(step(asked, Exchange(status=status)), Elsewhere)
    plain = plan("http://a/", replace(NOTHING, method=Method.HEAD))
    assert not isinstance(step(plain, Exchange(status=status)), Elsewhere)


def test_a_guessed_https_that_cannot_connect_keeps_head() -> None:
    """The other scheme is tried with the method that was to be tried first."""
    visit = go(head_then_get("a"), failing(K.CONNECT_REFUSED))
    assert (visit.url.href, visit.method) == ("http://a/", "HEAD")
