"""What a request's query asks for.

What someone asks for who wants a silence.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from aiohttp import web

from fetcher.monitor.live_view import Query
from fetcher.monitor.target_state import Condition
from fetcher.text import clean
from fetcher.units import parse_duration, parse_time

_LONGEST_TEXT = 200


def targets_asked(request: web.Request, limit: int) -> Query:
    """Read which targets are asked for: text, condition, group, offset, limit.

    Raises HTTPBadRequest that says what was expected.
    """
    condition = request.query.get("condition", "")
    if condition and condition not in tuple(Condition):
        raise web.HTTPBadRequest(text=f"condition is not one of {', '.join(Condition)}")
    return Query(
        text=text_asked(request),
        condition=Condition(condition) if condition else None,
        group=request.query.get("group", ""),
        offset=number_asked(request, "offset", 0, 0, 10**9),
        limit=number_asked(request, "limit", limit, 1, 1_000),
    )


def text_asked(request: web.Request) -> str:
    """Read what is searched for."""
    return request.query.get("text", "")[:_LONGEST_TEXT]


def number_asked(request: web.Request, name: str, default: int, least: int, most: int) -> int:
    """Read a whole number within bounds. Raises HTTPBadRequest."""
    text = request.query.get(name, "")
    if not text:
        return default
    if not (text.isascii() and text.isdecimal() and least <= int(text[:10]) <= most):
        raise web.HTTPBadRequest(text=f"{name} is not a whole number from {least:,} to {most:,}")
    return int(text)


_LONGEST = 365 * 86400.0
_SILENCING_LONGEST_TEXT = 500
_LAST = 1e12
"""Later than any silence ends; JSON has whole numbers that no float can hold."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A silence that is to be made; until: seconds since the epoch."""

    pattern: str
    until: float
    by: str
    why: str


def silence_asked(values: Mapping[str, object], now: float) -> Asked:
    """Read what a form or a JSON object asks for: pattern, `for` or `until`, by, why.

    for: a duration such as 2h. until: a time (RFC 3339) or seconds since the epoch. Raises
    ValueError that says what was expected.
    """
    pattern, by, why = (_text(values, name) for name in ("pattern", "by", "why"))
    if not pattern:
        raise ValueError("pattern is missing: what a name, a URL or a group fits, such as shop-*")
    until = _until(values, now)
    if not now < until <= now + _LONGEST:
        raise ValueError("a silence ends in the future, and within a year")
    return Asked(pattern, until, by or "someone", why)


def _text(values: Mapping[str, object], name: str) -> str:
    value = values.get(name, "")
    if not isinstance(value, str):
        raise ValueError(f"{name} is not text")
    return clean(value).strip()[:_SILENCING_LONGEST_TEXT]


def _until(values: Mapping[str, object], now: float) -> float:
    if "for" in values:
        return now + parse_duration(_text(values, "for"))
    until = values.get("until")
    if isinstance(until, int | float) and not isinstance(until, bool):
        return min(until, _LAST)
    try:
        at = parse_time(_text(values, "until"))
        if at.tzinfo is not None:
            return at.timestamp()
    except ValueError:
        pass
    raise ValueError('say how long with for, such as "2h", or until, such as 2026-11-21T06:00Z')
