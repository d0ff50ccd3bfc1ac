"""The header fields of kept answers."""

from multidict import CIMultiDict

from fetcher.transport.cache.rfc9111 import names, refreshed, storable


def test_fields_of_the_connection_and_cookies_are_not_kept() -> None:
    """Those that Connection names neither (RFC 9111, section 3.1); others repeatedly, in order."""
    came = CIMultiDict(
        [("connection", "close, X-Hop"), ("x-hop", "1"), ("X-A", "1"), ("Set-Cookie", "s=1")]
    )
    came.extend([("Transfer-Encoding", "chunked"), ("X-A", "2"), ("Content-Type", "text/html")])
    assert [*storable(came).items()] == [("X-A", "1"), ("X-A", "2"), ("Content-Type", "text/html")]
    assert not storable(None)


def test_a_304_renews_what_it_says_and_leaves_the_body_alone() -> None:
    """Section 3.2: what describes the body stays; an old Date and Age do not."""
    kept = CIMultiDict(
        [("Date", "old"), ("Age", "9"), ("Content-Length", "5"), ("X-A", "1"), ("X-A", "2")]
    )
    newer = CIMultiDict([("Content-Length", "0"), ("x-a", "3"), ("Cache-Control", "max-age=1")])
    assert [*refreshed(kept, newer).items()] == [
        ("Content-Length", "5"),
        ("x-a", "3"),
        ("Cache-Control", "max-age=1"),
    ]


def test_names_in_a_list_are_told_apart() -> None:
    """Without regard to case, order or empty members."""
    assert names(["Accept, ,User-Agent", "accept"]) == ["accept", "user-agent"]
