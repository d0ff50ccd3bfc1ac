"""What someone asks for who wants a silence."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from fetcher.sinks.clean import clean
from fetcher.units import parse_duration

_LONGEST = 365 * 86400.0
_LONGEST_TEXT = 500
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
    return clean(value).strip()[:_LONGEST_TEXT]


def _until(values: Mapping[str, object], now: float) -> float:
    if "for" in values:
        return now + parse_duration(_text(values, "for"))
    until = values.get("until")
    if isinstance(until, int | float) and not isinstance(until, bool):
        return min(until, _LAST)
    try:
        at = datetime.fromisoformat(_text(values, "until"))
        if at.tzinfo is not None:
            return at.timestamp()
    except ValueError:
        pass
    raise ValueError('say how long with for, such as "2h", or until, such as 2026-11-21T06:00Z')
