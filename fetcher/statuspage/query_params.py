"""Parameters of requests: which targets are asked for, and the silence to create."""

from collections.abc import Mapping
from dataclasses import dataclass

from aiohttp import web

from fetcher.monitor.live_view import Query
from fetcher.monitor.target_state import Condition
from fetcher.text import clean
from fetcher.units import parse_duration, parse_time

_MAX_SEARCH = 200
_MAX_TEXT = 500
_LONGEST_SILENCE = 365 * 86400.0
_LAST = 1e12
"""Later than any silence may end; JSON has integers too large for a float."""


def targets_query(request: web.Request, limit: int) -> Query:
    """Parse which targets are requested: text, condition, group, offset, limit.

    Raises HTTPBadRequest, which says what is expected.
    """
    condition = request.query.get("condition", "")
    if condition and condition not in tuple(Condition):
        raise web.HTTPBadRequest(text=f"condition is not one of {', '.join(Condition)}")
    return Query(
        text=text_param(request),
        condition=Condition(condition) if condition else None,
        group=request.query.get("group", ""),
        offset=number_param(request, "offset", 0, 0, 10**9),
        limit=number_param(request, "limit", limit, 1, 1_000),
    )


def text_param(request: web.Request) -> str:
    """Return the text that is searched for."""
    return request.query.get("text", "")[:_MAX_SEARCH]


def number_param(request: web.Request, name: str, default: int, least: int, most: int) -> int:
    """Parse an integer within bounds. Raises HTTPBadRequest."""
    text = request.query.get(name, "")
    if not text:
        return default
    if not (text.isascii() and text.isdecimal() and least <= int(text[:10]) <= most):
        raise web.HTTPBadRequest(text=f"{name} is not a whole number from {least:,} to {most:,}")
    return int(text)


@dataclass(frozen=True, slots=True)
class SilenceRequest:
    """A silence to create; until: seconds since the epoch."""

    pattern: str
    until: float
    by: str
    why: str


def parse_silence(values: Mapping[str, object], now: float) -> SilenceRequest:
    """Parse the fields of a form or a JSON object: pattern, `for` or `until`, by, why.

    for: a duration such as 2h. until: a time (RFC 3339) or seconds since the epoch. Raises
    ValueError, which says what is expected.
    """
    pattern, by, why = (_text(values, name) for name in ("pattern", "by", "why"))
    if not pattern:
        raise ValueError("pattern is missing; it matches names, URLs or groups, such as shop-*")
    until = _until(values, now)
    if not now < until <= now + _LONGEST_SILENCE:
        raise ValueError("a silence must end in the future, and within a year")
    return SilenceRequest(pattern, until, by or "someone", why)


def _text(values: Mapping[str, object], name: str) -> str:
    value = values.get(name, "")
    if not isinstance(value, str):
        raise ValueError(f"{name} is not text")
    return clean(value).strip()[:_MAX_TEXT]


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
    raise ValueError('set for, such as "2h", or until, such as 2026-11-21T06:00Z')
