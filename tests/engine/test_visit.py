"""What follows from each answer: pure decisions, case by case."""

from dataclasses import replace

import pytest
from multidict import CIMultiDict

from fetcher import urls
from fetcher.engine.visit import RetryLater, with_fragment
from fetcher.engine.visit import plan as plan_visit
from fetcher.failures import Failure, FailureKind, Phase
from fetcher.model import Hop, Outcome, Response, Timings
from fetcher.settings import PrivateAddresses
from fetcher.transport.base import Exchange
from fetcher.transport.request_headers import header as cookie_header
from tests.engine.scripted_run import NOTHING
from tests.engine.stepping import PRIVATE, PUBLIC, end, failing, go, plan, redirect, step

K = FailureKind


def test_the_same_request_has_the_same_key() -> None:
    """Fragment, case and default port make no other request; a guessed scheme does."""
    assert plan("http://h/a#x").key == plan("HTTP://H:80/a#y").key
    assert plan("h/a").key == plan("H/a#z").key
    assert len({plan(text).key for text in ("h/a", "http://h/a", "https://h/a", "h/b")}) == 4


def test_redirects_add_up() -> None:
    """Hops, elapsed time and the fragment are carried along a chain of redirects."""
    visit = go(plan("http://a/1"), redirect("/2#here"))
    visit = go(visit, redirect("//b/3"))
    timings = Timings(first_byte=0.1)
    outcome = end(visit, Exchange(status=200, elapsed=1.0, ip=PUBLIC, timings=timings))
    assert outcome == Outcome(
        Response(200, "http://b/3#here", ip=PUBLIC),
        hops=(Hop("http://a/1", 302), Hop("http://a/2#here", 302)),
        attempts=1,
        elapsed=1.5,
        timings=timings,
    )


@pytest.mark.parametrize("limit", [1, 2, 5])
def test_exactly_so_many_redirects_are_followed(limit: int) -> None:
    """The limit's redirect is followed, the one after it fails, with what was seen of it."""
    visit = plan("http://a/0")
    for number in range(limit):
        visit = go(visit, redirect(f"/{number + 1}"), max_redirects=limit)
    assert end(visit, Exchange(status=200), max_redirects=limit).ok
    outcome = end(visit, redirect("/next"), max_redirects=limit)
    assert outcome.failure == Failure.of(K.TOO_MANY_REDIRECTS, f"more than {limit}")
    assert outcome.response == Response(302, f"http://a/{limit}", ip=PUBLIC)
    assert len(outcome.hops) == limit


def test_no_redirect_is_followed_when_none_is_allowed() -> None:
    """With --max-redirects 0 the redirect is a good answer."""
    outcome = end(plan("http://a/"), redirect("/x"), max_redirects=0)
    assert outcome.failure is None
    assert outcome.response == Response(302, "http://a/", ip=PUBLIC)


async def test_a_site_that_wants_its_cookie_back_is_reached() -> None:
    """Setting a cookie and leading back, at once or by another page, is no loop the first time."""
    visit = go(plan("http://a/"), redirect("/check", cookies=("seen=1; Path=/",)))
    visit = go(visit, redirect("/"))
    assert cookie_header(visit.jar, visit.url) == "seen=1"
    assert end(visit, redirect("/check")).failure == Failure.of(
        K.REDIRECT_LOOP, "back to http://a/check"
    )
    visit = go(plan("http://a/"), redirect("/", cookies=("seen=1",)))
    assert end(visit, redirect("/")).failure == Failure.of(K.REDIRECT_LOOP, "back to http://a/")


async def test_a_site_that_sets_a_cookie_each_time_is_left_at_the_limit() -> None:
    """Ever new cookies do not make an endless chain."""
    visit = plan("http://a/")
    for number in range(10):
        visit = go(visit, redirect("/", cookies=(f"n={number}",)))
    outcome = end(visit, redirect("/", cookies=("n=10",)))
    assert outcome.failure == Failure.of(K.TOO_MANY_REDIRECTS, "more than 10")


async def test_a_cookie_stays_with_its_host() -> None:
    """A cookie goes back to the host that set it, and nowhere else."""
    visit = go(plan("http://a.example/"), redirect("http://b.example/", cookies=("s=1",)))
    assert cookie_header(visit.jar, visit.url) == ""
    visit = go(visit, redirect("http://a.example/home"))
    assert cookie_header(visit.jar, visit.url) == "s=1"


@pytest.mark.parametrize(
    ("ip", "private", "public_only"),
    [
        (PUBLIC, PrivateAddresses.DIRECT, True),
        (PRIVATE, PrivateAddresses.DIRECT, False),
        ("", PrivateAddresses.DIRECT, False),
        (PUBLIC, PrivateAddresses.ALLOW, False),
        (PUBLIC, PrivateAddresses.DENY, True),
    ],
)
def test_a_redirect_from_a_public_address_stays_public(
    ip: str, private: PrivateAddresses, public_only: bool
) -> None:
    """After a public address answered, a private one may not be next, unless allowed."""
    visit = go(plan("http://a/"), redirect("http://b/", ip), private_addresses=private)
    assert visit.public_only == public_only


def test_once_public_a_chain_stays_public() -> None:
    """What came from the public internet cannot get in through a second redirect."""
    visit = go(plan("http://a/"), redirect("http://b/", PUBLIC))
    visit = go(visit, redirect("http://c/", PRIVATE))
    outcome = end(visit, failing(K.ADDRESS_DENIED, "c is 10.0.0.1"))
    assert outcome.failure == Failure(K.REDIRECT_TO_PRIVATE, Phase.REDIRECT, "c is 10.0.0.1")


def test_a_denied_address_of_the_input_is_just_that() -> None:
    """Without a redirect the failure is that of --private-addresses deny."""
    outcome = end(plan("http://a/"), failing(K.ADDRESS_DENIED))
    assert outcome.failure == Failure.of(K.ADDRESS_DENIED)


@pytest.mark.parametrize(
    ("host", "public_only"),
    [
        ("example.com", True),
        ("example.com.", True),
        (PUBLIC, True),
        ("[2606:2800:220:1::1]", True),
        ("intranet", False),
        ("localhost", False),
        ("localhost.", False),
        ("app.localhost", False),
        ("192.168.1.1", False),
        ("[::1]", False),
    ],
)
def test_behind_a_proxy_the_name_tells_what_is_public(host: str, public_only: bool) -> None:
    """The address is the proxy's, so host names and literal addresses decide."""
    proxy = "http://127.0.0.1:3128"
    visit = go(plan(f"http://{host}/"), redirect("http://b/", PRIVATE), proxy=proxy)
    assert visit.public_only == public_only


async def test_a_retry_begins_anew() -> None:
    """A retry forgets hops, time, cookies and the public rule, and counts its attempt."""
    visit = go(plan("http://a/p#f"), redirect("http://b/", cookies=("s=1",)))
    again = step(visit, failing(K.READ_TIMEOUT))
    assert isinstance(again, RetryLater)
    assert again.visit == replace(plan("http://a/p#f"), attempt=2, earlier=("read_timeout",))
    assert again.delay > 0


@pytest.mark.parametrize("retries", [0, 1, 3])
def test_so_many_retries_and_no_more(retries: int) -> None:
    """One attempt more than there are retries; the last failure is the outcome's."""
    visit = plan("http://a/")
    for attempt in range(1, retries + 1):
        again = step(visit, failing(K.CONNECTION_RESET), retries=retries)
        assert isinstance(again, RetryLater)
        assert again.visit.attempt == attempt + 1
        visit = again.visit
    outcome = end(visit, failing(K.CONNECTION_RESET), retries=retries)
    assert outcome.attempts == retries + 1
    assert outcome.failure == Failure.of(K.CONNECTION_RESET)


@pytest.mark.parametrize("kind", FailureKind)
def test_only_what_can_pass_is_tried_again(kind: FailureKind) -> None:
    """A failure is retried exactly when its kind can pass."""
    following = step(plan("http://a/"), failing(kind))
    assert isinstance(following, RetryLater) == Failure.of(kind).can_pass


@pytest.mark.parametrize(
    ("status", "retried"), [(200, False), (404, False), (429, True), (500, True), (501, False)]
)
def test_statuses_that_can_pass_are_tried_again(status: int, retried: bool) -> None:
    """An overloaded or failing server is asked again; in the end its status is the answer."""
    assert isinstance(step(plan("http://a/"), Exchange(status=status)), RetryLater) == retried
    outcome = end(plan("http://a/"), Exchange(status=status), retries=0)
    assert outcome.failure is None
    assert outcome.response == Response(status, "http://a/")


def test_a_retry_waits_as_long_as_the_server_asks() -> None:
    """Retry-After sets the least wait, up to the cap."""
    busy = Exchange(status=503, headers={"Retry-After": "20"})
    following = step(plan("http://a/"), busy, retry_wait=0.5, retry_max_wait=30.0)
    assert isinstance(following, RetryLater)
    assert following.delay == 20
    capped = step(plan("http://a/"), busy, retry_wait=0.5, retry_max_wait=5.0)
    assert isinstance(capped, RetryLater)
    assert capped.delay == 5


def test_a_failure_keeps_what_was_seen() -> None:
    """When an answer breaks off, its status and bytes stay beside the failure."""
    cut = Exchange(Failure.of(K.BODY_TRUNCATED), 200, content_type="text/html", bytes_read=9)
    outcome = end(plan("http://a/"), cut, retries=0)
    assert outcome.response == Response(200, "http://a/", "text/html", bytes_read=9)
    assert outcome.failure == Failure.of(K.BODY_TRUNCATED)


def test_each_row_gets_its_own_fragment_back() -> None:
    """A final URL takes the fragment that was asked for, unless a redirect gave it another."""
    plain = Outcome(Response(200, "http://a/"))
    assert with_fragment(plain, "") is plain
    assert with_fragment(plain, "#x") == Outcome(Response(200, "http://a/#x"))
    moved = Outcome(Response(200, "http://a/#own"))
    assert with_fragment(moved, "#x") is moved
    failed = Outcome(failure=Failure.of(K.DNS_NOT_FOUND))
    assert with_fragment(failed, "#x") is failed


def test_a_plan_keeps_the_fragment_apart() -> None:
    """The fragment is not sent: the request is the same without it."""
    visit = plan("http://a/p#f")
    assert visit.fragment == "#f"
    assert visit.url == urls.parse("http://a/p")


def test_wanted_headers_are_kept_as_text() -> None:
    """Names in lower case, repeated ones joined in their order, and every character."""
    headers = CIMultiDict(
        [
            ("Link", "<a>"),
            ("X-A", "1"),
            ("LINK", "<b>"),
            ("Server", "\x1b[31mr\udce9d"),
            ("Via", "v"),
        ]
    )
    visit = plan_visit("http://a/", replace(NOTHING, headers=("link", "server", "x-absent")))
    response = end(visit, Exchange(status=200, headers=headers)).response
    assert response is not None
    assert response.headers == {"link": "<a>, <b>", "server": "\x1b[31mr\ufffdd"}


def test_each_try_is_told_by_what_it_came_to() -> None:
    """A status, or a kind of failure."""
    visit = plan("http://a/")
    for exchange in (Exchange(status=503), failing(K.READ_TIMEOUT)):
        again = step(visit, exchange)
        assert isinstance(again, RetryLater)
        visit = again.visit
    assert end(visit, Exchange(status=404)).earlier == ("503", "read_timeout")


def test_a_redirect_leaves_home() -> None:
    """Another host, or http after https, is not where secret headers may be sent."""
    visit = plan("https://a.example/x")
    assert visit.at_home
    for url, home in (
        ("https://a.example/y", True),
        ("http://a.example/y", False),
        ("https://b.example/", False),
    ):
        assert replace(visit, url=urls.parse(url)).at_home is home
    assert replace(plan("http://a.example/"), url=urls.parse("https://a.example/")).at_home
