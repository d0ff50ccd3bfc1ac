"""How old an answer is, and how long it is fresh: arithmetic of RFC 9111, section 4.2."""

from dataclasses import dataclass
from datetime import UTC
from email.utils import parsedate_to_datetime

from multidict import MultiMapping

from fetcher.cache.directives import FOREVER, Directives

_LONGEST_DATE = 64


@dataclass(frozen=True, slots=True)
class Span:
    """When an answer was asked for and when it had come, seconds since the epoch."""

    asked: float
    received: float


def lifetime(fields: MultiMapping[str], span: Span, heuristic: float = 0.0) -> float:
    """Seconds for which an answer is fresh from its origin's sending it (section 4.2.1).

    heuristic: the part of the time since its last change that an answer is taken to be fresh where
    it says nothing (section 4.2.2; 0.1 is usual, 0 is never).
    """
    told = explicit_lifetime(fields, span)
    if told is not None:
        return told
    changed = http_date(fields.get("Last-Modified", ""))
    if not heuristic or changed is None:
        return 0.0
    return max(0.0, _date(fields, span) - changed) * heuristic


def explicit_lifetime(fields: MultiMapping[str], span: Span) -> float | None:
    """Seconds for which an answer says that it is fresh; None when it says nothing.

    max-age counts before Expires. A date that is not valid has passed (section 5.3).
    """
    seconds = Directives(fields.getall("Cache-Control", ())).seconds("max-age")
    if seconds is not None:
        return float(seconds)
    expires = set(fields.getall("Expires", ()))
    if not expires:
        return None
    date = http_date(expires.pop())
    if date is None or expires:
        return 0.0
    return min(max(0.0, date - _date(fields, span)), float(FOREVER))


def birth(fields: MultiMapping[str], span: Span) -> float:
    """When an answer was made or last validated by its origin, seconds since the epoch.

    By the more pessimistic of its Date and its Age: the time it took to come counts as age, and
    clocks that differ make nothing younger than it is (section 4.2.3).
    """
    apparent_age = max(0.0, span.received - _date(fields, span))
    corrected_age = _age(fields) + max(0.0, span.received - span.asked)
    return span.received - max(apparent_age, corrected_age)


def http_date(text: str) -> float | None:
    """Seconds since the epoch of an HTTP-date in any of its three forms (RFC 9110, 5.6.7)."""
    if len(text) > _LONGEST_DATE:
        return None
    try:
        date = parsedate_to_datetime(text)
        return date.replace(tzinfo=date.tzinfo or UTC).timestamp()
    except (ValueError, OverflowError, TypeError, IndexError):
        return None


def _date(fields: MultiMapping[str], span: Span) -> float:
    """When the answer was made, which is when it came if it does not say (RFC 9110, 6.6.1)."""
    date = http_date(fields.get("Date", ""))
    return span.received if date is None else date


def _age(fields: MultiMapping[str]) -> float:
    """Seconds it spent in other caches; what is not valid is ignored (section 5.1)."""
    value = fields.get("Age", "").strip()
    return float(min(int(value[:12]), FOREVER)) if value.isascii() and value.isdecimal() else 0.0
