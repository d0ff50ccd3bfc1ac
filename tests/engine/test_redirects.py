"""Redirects: where they lead, how many are followed, and what is a loop."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fetcher import urls
from fetcher.engine.visit import REDIRECTS, target_of
from fetcher.failures import Failure, FailureKind
from fetcher.model import Hop
from fetcher.transport.base import Exchange
from fetcher.urls import Url

BASE = urls.parse("http://a.example/dir/page?q#top")


def redirect(location: str, status: int = 302, cookies: tuple[str, ...] = ()) -> Exchange:
    """An answer with a Location."""
    return Exchange(status=status, headers={"Location": location}, set_cookies=cookies)


def follow(location: str, url: Url = BASE) -> str | FailureKind | None:
    """Where a Location leads from a URL, with its fragment; or why not."""
    found = target_of(redirect(location), url, (), 10)
    if isinstance(found, Url):
        return found.href + found.fragment
    return found.kind if found else None


@pytest.mark.parametrize(
    ("location", "leads_to"),
    [
        ("http://b.example/", "http://b.example/#top"),
        ("//b.example/x", "http://b.example/x#top"),
        ("/x", "http://a.example/x#top"),
        ("x", "http://a.example/dir/x#top"),
        ("../x", "http://a.example/x#top"),
        ("?p", "http://a.example/dir/page?p#top"),
        ("x#own", "http://a.example/dir/x#own"),
        ("  /x  ", "http://a.example/x#top"),
        ("/a b", "http://a.example/a%20b#top"),
        ("/é", "http://a.example/%C3%A9#top"),
        ("/caf\udce9", "http://a.example/caf%E9#top"),
        ("\\x", "http://a.example/x#top"),
        ("http:x", "http://a.example/dir/x#top"),
        ("https:b.example", "https://b.example/#top"),
        ("HTTPS://B.example:443/", "https://b.example/#top"),
        ("http://bücher.example", "http://xn--bcher-kva.example/#top"),
    ],
)
def test_a_location_is_resolved_as_browsers_do(location: str, leads_to: str) -> None:
    """Relative, odd and international Locations lead where the URL standard says."""
    assert follow(location) == leads_to


@pytest.mark.parametrize(
    "location",
    [
        "ftp://a.example/",
        "mailto:me@a.example",
        "javascript:alert(1)",
        "http://",
        "http://a b/",
        "http://h:99999/",
        "http://caf\udce9\ud800/",
        "//",
    ],
)
def test_a_location_that_leads_nowhere_is_a_failure(location: str) -> None:
    """A Location that is no http(s) URL is an invalid redirect, and its detail is printable."""
    found = target_of(redirect(location), BASE, (), 10)
    assert isinstance(found, Failure)
    assert found.kind is FailureKind.INVALID_REDIRECT
    assert found.detail.isprintable()


@given(st.text(st.characters() | st.sampled_from("\udc80\udcff\ud800:/#?")))
def test_any_location_is_followed_or_refused(location: str) -> None:
    """Nothing that a server can send as Location raises."""
    assert target_of(redirect(location), BASE, (), 10) is not None or not location


@pytest.mark.parametrize(
    "exchange",
    [
        Exchange(status=302, headers={}),
        Exchange(status=302),
        redirect(""),
        *(redirect("/x", status) for status in (200, 201, 300, 304, 305, 306, 404, 503)),
    ],
)
def test_other_answers_are_no_redirects(exchange: Exchange) -> None:
    """Without a Location, or with another status, the answer is what was asked for."""
    assert target_of(exchange, BASE, (), 10) is None


@pytest.mark.parametrize("status", sorted(REDIRECTS))
def test_all_redirects_are_followed(status: int) -> None:
    """301, 302, 303, 307 and 308 all lead a GET elsewhere."""
    assert isinstance(target_of(redirect("/x", status), BASE, (), 10), Url)


def hops(count: int) -> tuple[Hop, ...]:
    """So many different redirects."""
    return tuple(Hop(f"http://a.example/{number}", 302) for number in range(count))


def test_the_limit_counts_redirects_that_were_followed() -> None:
    """Exactly so many are followed as the limit says; the next one fails, whatever it is."""
    assert isinstance(target_of(redirect("/x"), BASE, hops(2), 3), Url)
    for location in ("/x", "ftp://x", "/dir/page?q"):
        found = target_of(redirect(location), BASE, hops(3), 3)
        assert found == Failure.of(FailureKind.TOO_MANY_REDIRECTS, "more than 3")


def test_limit_zero_reports_the_redirect_itself() -> None:
    """With 0 none is followed and the redirect is the answer, not a failure."""
    assert target_of(redirect("/x"), BASE, (), 0) is None


@pytest.mark.parametrize("location", ["/dir/page?q", "#other", "?q", "http://a.example/1", "/0#x"])
def test_a_way_back_is_a_loop(location: str) -> None:
    """A redirect to where it came from, or anywhere on the way, is a loop, fragments apart."""
    found = target_of(redirect(location), BASE, hops(2), 10)
    assert isinstance(found, Failure)
    assert found.kind is FailureKind.REDIRECT_LOOP


def test_a_new_cookie_breaks_the_loop() -> None:
    """With a cookie that is just being set, the same URL may answer differently."""
    found = target_of(redirect("/dir/page?q", cookies=("a=b",)), BASE, hops(2), 10)
    assert isinstance(found, Url)


def test_only_what_was_seen_with_the_same_cookies_is_a_loop() -> None:
    """What was visited before the last cookie was set may be visited again, once."""
    assert isinstance(target_of(redirect("/0"), BASE, hops(3), 10, cookies_since=1), Url)
    again = target_of(redirect("/2"), BASE, hops(3), 10, cookies_since=1)
    assert isinstance(again, Failure)
