"""Where redirects lead, and where they should."""

import pytest

from fetcher.judgement.expectations import Expectations
from fetcher.judgement.redirect_rules import leads_home
from fetcher.judgement.verdict import Health, Trouble
from fetcher.model import Hop
from tests.judgement.making import URL, answered, verdict

SITE = "https://a.example"


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("/page", "/"),
        ("/a/b/c.html?x=1", "/"),
        ("/page", "/en"),
        ("/de/seite", "/de/"),
        ("/de/seite", "/"),
        ("/page", "/index.html"),
        ("/page", "/de-AT/"),
        ("/page", "/#top"),
        ("/page", "/?from=404"),
        ("/page", "/?utm_source=x&utm_medium=y"),
        ("/page", "/?notfound"),
    ],
)
def test_a_deep_page_that_leads_home(asked: str, found: str) -> None:
    """It is probably gone: degraded, and the reason says where it leads."""
    result = answered(url=SITE + found, hops=(Hop(SITE + asked, 301),))
    judged = verdict(result)
    assert (judged.health, judged.trouble) == (Health.DEGRADED, Trouble.REDIRECT)
    assert f"redirects to the home page {SITE}{found}" in judged.text


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        (f"{SITE}/index.html", f"{SITE}/"),
        (f"{SITE}/index.php", f"{SITE}/en/"),
        ("http://a.example/", f"{SITE}/"),
        ("http://a.example", "https://www.a.example/"),
        (f"{SITE}/", f"{SITE}/en"),
        (f"{SITE}/de", f"{SITE}/"),
        (f"{SITE}/page", f"{SITE}/other"),
        (f"{SITE}/page", f"{SITE}/page/"),
        (f"{SITE}/page", "https://b.example/"),
        (f"{SITE}/page", f"{SITE}/?p=12"),
        (f"{SITE}/page", f"{SITE}/?ref=a&p=12"),
        (f"{SITE}/page", f"{SITE}/#/page"),
        (f"{SITE}/page", f"{SITE}/#!page"),
        ("http://[", "http://["),
    ],
)
def test_what_does_not_lead_home(asked: str, found: str) -> None:
    """A home page that is found at another address, another site, or perhaps another page."""
    assert not leads_home(asked, found)


def test_a_site_is_the_same_with_www() -> None:
    """And over https."""
    assert leads_home("http://www.a.example/page", f"{SITE}/")


def test_who_expects_a_redirect_is_not_told_of_it() -> None:
    """Neither one with a known end, nor one with a known first step."""
    result = answered(url=f"{SITE}/", hops=(Hop(URL, 301),))
    for expected in (Expectations(final_url="/"), Expectations(redirect_to=f"{SITE}/")):
        assert verdict(result, expected).health is Health.HEALTHY


TWO_HOPS = (Hop(URL, 301), Hop(f"{SITE}/second", 302))


@pytest.mark.parametrize(
    ("wanted", "text"),
    [
        (f"{SITE}/end", ""),
        ("HTTPS://A.example:443/x/../end", ""),
        ("/end", ""),
        ("/end#part", ""),
        (
            "/elsewhere",
            f"ends at {SITE}/end#part, expected /elsewhere",
        ),
        ("/end#other", f"ends at {SITE}/end#part, expected /end#other"),
    ],
)
def test_where_redirects_end(wanted: str, text: str) -> None:
    """URLs are compared normalised; a path is one on the host that was asked."""
    result = answered(url=f"{SITE}/end#part", hops=TWO_HOPS)
    judged = verdict(result, Expectations(final_url=wanted))
    assert judged.text == text
    assert judged.trouble is (Trouble.REDIRECT if text else None)


def test_a_page_that_should_redirect_and_does_not() -> None:
    """It says so."""
    judged = verdict(answered(), Expectations(final_url="/end", redirect_to="/second"))
    assert [reason.text for reason in judged.reasons] == [
        "does not redirect, expected a redirect to /second",
        f"does not redirect and ends at {URL}, expected /end",
    ]
    assert judged.health is Health.UNHEALTHY


@pytest.mark.parametrize(
    ("wanted", "text"),
    [
        ("/second", ""),
        (f"{SITE}/second", ""),
        ("/end", f"redirects to {SITE}/second, expected a redirect to /end"),
    ],
)
def test_where_the_first_redirect_leads(wanted: str, text: str) -> None:
    """Whatever follows it."""
    result = answered(url=f"{SITE}/end", hops=TWO_HOPS)
    assert verdict(result, Expectations(redirect_to=wanted)).text == text


def test_the_only_redirect_leads_to_the_end() -> None:
    """Then both are the same."""
    result = answered(url=f"{SITE}/end", hops=(Hop(URL, 301),))
    expected = Expectations(redirect_to="/end", final_url="/end")
    assert verdict(result, expected).health is Health.HEALTHY


@pytest.mark.parametrize(
    ("location", "good"), [("/there", True), ("elsewhere", False), ("", False)]
)
def test_a_redirect_that_is_not_followed_leads_somewhere_too(location: str, good: bool) -> None:
    """Its header says where."""
    result = answered(301, headers={"location": location})
    expected = Expectations(status=((301, 301),), redirect_to="/there")
    assert (verdict(result, expected).health is Health.HEALTHY) is good
