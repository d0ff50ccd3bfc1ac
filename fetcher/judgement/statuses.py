"""Which HTTP statuses are accepted."""

import re

Statuses = tuple[tuple[int, int], ...]
"""Inclusive ranges of status codes."""

SUCCESS: Statuses = ((200, 299),)

_RANGE = re.compile(r"([1-9][0-9]{2})(?:\s*(?:\.\.|-)\s*([1-9][0-9]{2}))?")
_CLASS = re.compile(r"([1-9])xx", re.IGNORECASE)


def parse_statuses(text: str) -> Statuses:
    """Read statuses such as `200..299,401`, `200-299` or `2xx` as ranges, in the order written.

    A status has three digits (RFC 9110, section 15); those above 599, which some servers send, can
    be accepted too. Raises ValueError.
    """
    ranges = tuple(_range(part.strip()) for part in text.split(",") if part.strip())
    if not ranges:
        raise ValueError("it names no status; write for example 200..299,401 or 2xx")
    return ranges


def show_statuses(statuses: Statuses) -> str:
    """Write ranges the way `parse_statuses` reads them: `200..299,401`."""
    return ",".join(
        [f"{first}..{last}" if first < last else str(first) for first, last in statuses]
    )


def accepts(statuses: Statuses, code: int) -> bool:
    """Whether a status code lies in one of the ranges."""
    return any(first <= code <= last for first, last in statuses)


def _range(text: str) -> tuple[int, int]:
    if found := _CLASS.fullmatch(text):
        first = int(found[1]) * 100
        return first, first + 99
    found = _RANGE.fullmatch(text)
    if found is None:
        raise ValueError(f"{text!r} is not a status; write for example 200..299,401 or 2xx")
    first, last = int(found[1]), int(found[2] or found[1])
    if last < first:
        raise ValueError(f"{text!r} ends before it begins")
    return first, last
