"""What a form or a program asks for who wants a silence."""

import pytest

from fetcher.statuspage.query_params import SilenceRequest, parse_silence
from tests.statuspage.making import NOW


@pytest.mark.parametrize(
    ("end", "until"),
    [
        ({"for": "2h"}, NOW + 7200),
        ({"for": " 30m "}, NOW + 1800),
        ({"until": "2026-11-21T07:00:00Z"}, NOW + 3600),
        ({"until": "2026-11-21T08:00:00+01:00"}, NOW + 3600),
        ({"until": NOW + 60}, NOW + 60),
        ({"until": int(NOW) + 60}, NOW + 60),
    ],
)
def test_how_long_it_lasts(end: dict[str, object], until: float) -> None:
    """For a time, or until one."""
    asked = parse_silence({"pattern": " shop-* ", "by": "Ada", "why": "work"} | end, NOW)
    assert asked == SilenceRequest("shop-*", until, "Ada", "work")


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"for": "2h"}, "pattern is missing"),
        ({"pattern": "  ", "for": "2h"}, "pattern is missing"),
        ({"pattern": 5, "for": "2h"}, "pattern is not text"),
        ({"pattern": "x"}, "set for, such as"),
        ({"pattern": "x", "until": "tomorrow"}, "set for, such as"),
        ({"pattern": "x", "until": "2026-11-21T07:00"}, "set for, such as"),
        ({"pattern": "x", "until": True}, "set for, such as"),
        ({"pattern": "x", "for": "soon"}, "not a duration"),
        ({"pattern": "x", "for": 5}, "for is not text"),
        ({"pattern": "x", "for": "0s"}, "in the future"),
        ({"pattern": "x", "for": "400d"}, "within a year"),
        ({"pattern": "x", "until": NOW - 1}, "in the future"),
        ({"pattern": "x", "until": float("nan")}, "in the future"),
        ({"pattern": "x", "until": float("inf")}, "within a year"),
        ({"pattern": "x", "until": 10**400}, "within a year"),
    ],
)
def test_what_is_no_silence(values: dict[str, object], said: str) -> None:
    """Each mistake is said in words."""
    with pytest.raises(ValueError, match=said):
        parse_silence(values, NOW)


def test_what_cannot_be_written_down() -> None:
    """JSON can name half a surrogate pair, which no database and no page can hold."""
    values = {"pattern": "shop\ud800-*", "by": "A\ud83d", "why": "one\ntwo\udfff", "for": "1h"}
    asked = parse_silence(values, NOW)
    assert asked == SilenceRequest("shop\ufffd-*", NOW + 3600, "A\ufffd", "one two\ufffd")
