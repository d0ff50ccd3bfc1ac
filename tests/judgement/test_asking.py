"""What is asked of a URL, by what is expected of it."""

from dataclasses import replace

import pytest

from fetcher.judgement.check_reader import CheckReader, inquiry_for
from fetcher.judgement.expectations import (
    NOTHING_SPECIAL,
    Expectations,
    JsonCondition,
    Pattern,
)
from fetcher.transport.base import Method


def test_by_default_it_is_a_get_with_the_tls_facts() -> None:
    """Its key is that of a job that has only one inquiry."""
    inquiry = inquiry_for(NOTHING_SPECIAL, Method.GET)
    assert (inquiry.method, inquiry.tls, inquiry.key) == (Method.GET, True, "")
    assert isinstance(inquiry.open_reader(200, "text/html"), CheckReader)


def test_headers_that_rules_need_are_kept() -> None:
    """Those of the expectations too, each once and in lower case."""
    expected = Expectations(
        header=(("X-Thing", "a"), ("Retry-After", "1")), header_matches=(("x-thing", Pattern("a")),)
    )
    usual = inquiry_for(NOTHING_SPECIAL, Method.GET).headers
    assert {"retry-after", "cf-mitigated"} <= set(usual)
    assert inquiry_for(expected, Method.GET).headers == (*usual, "x-thing")
    redirect = Expectations(redirect_to="/there")
    assert "location" in inquiry_for(redirect, Method.GET).headers


BODY = [
    Expectations(body_contains=("a",)),
    Expectations(body_not_contains=("a",)),
    Expectations(body_matches=(Pattern("a"),)),
    Expectations(json=(JsonCondition("$.a == 1"),)),
    Expectations(unchanged="body"),
    Expectations(unchanged="p"),
    Expectations(complete=True),
]


@pytest.mark.parametrize("expected", BODY)
@pytest.mark.parametrize("method", list(Method))
def test_what_is_expected_of_a_body_is_asked_with_get(
    expected: Expectations, method: Method
) -> None:
    """A HEAD has no body to find it in."""
    assert inquiry_for(expected, method).method is Method.GET


@pytest.mark.parametrize(
    "expected", [Expectations(title="a"), Expectations(title_matches=Pattern("a"))]
)
def test_a_title_is_asked_for_with_get(expected: Expectations) -> None:
    """It stands in the body too."""
    assert inquiry_for(expected, Method.HEAD).method is Method.GET


@pytest.mark.parametrize("method", list(Method))
def test_the_method_is_kept_where_headers_are_enough(method: Method) -> None:
    """Status, time and headers come with any method."""
    expected = Expectations(status=((204, 204),), header=(("a", "b"),))
    assert inquiry_for(expected, method).method is method


SAME = [
    Expectations(status=((404, 404),)),
    Expectations(degraded_after=1, unhealthy_after=2),
    Expectations(final_url="https://a.example/"),
    Expectations(title="a"),
    Expectations(title_matches=Pattern("a")),
    Expectations(certificate_days=14),
    Expectations(tls_min="1.3", http_min="1.1"),
]


@pytest.mark.parametrize("expected", SAME)
def test_what_needs_nothing_more_is_the_same_request(expected: Expectations) -> None:
    """Rows that differ only so share it."""
    assert inquiry_for(expected, Method.GET).key == ""


@pytest.mark.parametrize("expected", [Expectations(header=(("a", "b"),)), *BODY])
def test_what_needs_more_is_a_request_of_its_own(expected: Expectations) -> None:
    """But equal needs are equal, whatever else differs."""
    key = inquiry_for(expected, Method.GET).key
    assert key != ""
    assert key == inquiry_for(replace(expected, status=((404, 404),)), Method.GET).key
    others = [other for other in BODY if other != expected]
    assert key not in [inquiry_for(other, Method.GET).key for other in others]


def test_a_header_can_be_held_against_several_values() -> None:
    """It is kept once, and compared later."""
    one = inquiry_for(Expectations(header=(("A", "b"),)), Method.GET)
    other = inquiry_for(Expectations(header_matches=(("a", Pattern("c")),)), Method.GET)
    assert one.key == other.key


def test_methods_make_requests_of_their_own() -> None:
    """What HEAD finds is not what GET finds."""
    keys = {inquiry_for(NOTHING_SPECIAL, method).key for method in Method}
    assert len(keys) == len(Method)


def test_the_hash_of_last_time_makes_no_difference() -> None:
    """It is compared later."""
    expected = Expectations(unchanged="body")
    known = replace(expected, hash="ab")
    assert inquiry_for(expected, Method.GET).key == inquiry_for(known, Method.GET).key
