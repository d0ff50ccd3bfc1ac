"""What may be kept, and what may be used without asking."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from multidict import CIMultiDict

from fetcher.transport.cache.cache_policy import is_fresh, is_same, may_keep
from fetcher.transport.cache.rfc9111 import Directives
from tests.transport.cache.caching import NOW, TODAY, entry

NOTHING = Directives(())
MINUTE = ("Cache-Control", "max-age=60")
TAG = ("ETag", '"a"')


@pytest.mark.parametrize(
    ("fields", "status", "kept"),
    [
        ([MINUTE], 200, True),
        ([TAG], 200, True),
        ([("Last-Modified", TODAY)], 200, True),
        ([], 200, False),
        ([("Cache-Control", "max-age=0")], 200, False),
        ([("Cache-Control", "private, max-age=60")], 200, True),
        ([("Cache-Control", "no-store, max-age=60"), TAG], 200, False),
        ([("Cache-Control", "NO-STORE"), TAG], 200, False),
        ([("Cache-Control", "no-store, must-understand"), TAG], 200, True),
        ([("Cache-Control", "no-cache"), TAG], 200, True),
        ([MINUTE, ("Vary", "Accept")], 200, True),
        ([MINUTE, ("Vary", "Accept, *")], 200, False),
        ([MINUTE], 206, False),
        ([MINUTE], 404, False),
        ([MINUTE], 500, False),
        ([TAG], 301, True),
        ([TAG], 308, True),
        ([TAG], 302, False),
        ([MINUTE], 302, True),
        ([MINUTE], 307, True),
    ],
)
def test_what_may_be_kept(fields: list[tuple[str, str]], status: int, kept: bool) -> None:
    """RFC 9111, section 3, for a private cache that keeps no errors."""
    assert may_keep(entry(*fields, status=status), NOTHING, sets_cookie=False) == kept


def test_what_a_request_forbids_to_keep() -> None:
    """Its own no-store, and a cookie without which a redirect leads elsewhere."""
    assert not may_keep(entry(MINUTE), Directives(["no-store"]), sets_cookie=False)
    assert not may_keep(entry(MINUTE, status=301), NOTHING, sets_cookie=True)
    assert may_keep(entry(MINUTE), NOTHING, sets_cookie=True)


@given(lasts=st.integers(0, 10**6), passed=st.integers(-10, 10**6))
def test_fresh_is_what_is_younger_than_its_lifetime(lasts: int, passed: int) -> None:
    """Section 4.2; before it came, nothing is fresh."""
    answer = entry(("Cache-Control", f"max-age={lasts}"))
    assert is_fresh(answer, NOTHING, NOW + passed) == (0 <= passed < lasts)


@pytest.mark.parametrize(
    ("asked_with", "fresh"),
    [
        ("", True),
        ("no-cache", False),
        ("max-age=0", False),
        ("max-age=30", True),
        ("max-age=29", False),
        ("min-fresh=29", True),
        ("min-fresh=30", False),
    ],
)
def test_what_a_request_asks_of_freshness(asked_with: str, fresh: bool) -> None:
    """Section 5.2.1, of an answer that has half of its minute behind it."""
    assert is_fresh(entry(MINUTE), Directives([asked_with]), NOW + 30) == fresh


@pytest.mark.parametrize("value", ["no-cache", 'no-cache="Set-Cookie", max-age=60'])
def test_no_cache_means_to_ask(value: str) -> None:
    """With field names too, which is the stricter reading (section 5.2.2.4)."""
    assert not is_fresh(entry(MINUTE, ("Cache-Control", value)), NOTHING, NOW)


@pytest.mark.parametrize(
    ("ours", "theirs", "same"),
    [
        ([TAG], [TAG], True),
        ([TAG], [("ETag", 'W/"a"')], True),
        ([TAG], [("ETag", '"b"')], False),
        ([TAG], [], True),
        ([("Last-Modified", TODAY)], [("Last-Modified", "Friday, 15-Jan-27 08:00:00 GMT")], True),
        ([("Last-Modified", TODAY)], [("Last-Modified", "Fri, 15 Jan 2027 08:00:01 GMT")], False),
        ([("Last-Modified", "x")], [("Last-Modified", "x")], True),
    ],
)
def test_which_bodies_are_the_same(
    ours: list[tuple[str, str]], theirs: list[tuple[str, str]], same: bool
) -> None:
    """By their validators (section 4.3.4)."""
    assert is_same(entry(*ours), CIMultiDict(theirs)) == same
