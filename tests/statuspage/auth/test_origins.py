"""Under which names the page answers, and from where forms may come."""

import pytest

from fetcher.statuspage.auth.credentials import Origins, is_loopback

PUBLIC = "https://Status.Example.org/up/"


@pytest.mark.parametrize(
    ("host", "loopback"),
    [
        ("localhost", True),
        ("LOCALHOST.", True),
        ("monitor.localhost", True),
        ("127.0.0.1", True),
        ("127.9.9.9", True),
        ("[::1]", True),
        ("::1", True),
        ("", False),
        ("0.0.0.0", False),
        ("10.0.0.1", False),
        ("localhost.example", False),
        ("127.0.0.1.example", False),
        ("127.1", False),
    ],
)
def test_loopback(host: str, loopback: bool) -> None:
    """Names that can only be this machine, and names that look so."""
    assert is_loopback(host) == loopback


@pytest.mark.parametrize(
    ("host", "fits"),
    [
        ("localhost:8900", True),
        ("127.0.0.1", True),
        ("[::1]:8900", True),
        ("status.example.org", True),
        ("STATUS.example.org:443", True),
        ("evil.example:8900", False),
        ("status.example.org.evil.example", False),
        ("127.0.0.1.evil.example", False),
        ("localhost@evil.example", False),
        ("localhost:80:80", False),
        ("", False),
    ],
)
def test_hosts_of_a_page_on_loopback(host: str, fits: bool) -> None:
    """Loopback's names and the public one; a name that merely points here is refused."""
    assert Origins("127.0.0.1", PUBLIC).host_fits(host) == fits


def test_a_page_for_all_answers_to_any_name() -> None:
    """Bound to every interface, it cannot know what it is called."""
    assert Origins("0.0.0.0").host_fits("any.example")
    assert Origins("").host_fits("any.example")
    assert not Origins("127.0.0.1").host_fits("any.example")


@pytest.mark.parametrize(
    ("headers", "own"),
    [
        ({}, True),
        ({"Origin": "http://127.0.0.1:8900"}, True),
        ({"Origin": "HTTP://127.0.0.1:8900", "Sec-Fetch-Site": "same-origin"}, True),
        ({"Origin": "https://127.0.0.1:8900"}, True),
        ({"Origin": "https://status.example.org"}, True),
        ({"Sec-Fetch-Site": "none"}, True),
        ({"Origin": "http://status.example.org"}, False),
        ({"Origin": "http://127.0.0.1:9999"}, False),
        ({"Origin": "http://evil.example"}, False),
        ({"Origin": "null"}, False),
        ({"Origin": ""}, False),
        ({"Origin": "ftp://127.0.0.1:8900"}, False),
        ({"Sec-Fetch-Site": "cross-site"}, False),
        ({"Sec-Fetch-Site": "same-site"}, False),
        ({"Origin": "http://127.0.0.1:8900", "Sec-Fetch-Site": "cross-site"}, False),
    ],
)
def test_where_forms_come_from(headers: dict[str, str], own: bool) -> None:
    """From our own pages by either address, or from no page at all; never from another site."""
    host = {"Host": "127.0.0.1:8900"}
    assert Origins("127.0.0.1", PUBLIC).own(host | headers) == own
