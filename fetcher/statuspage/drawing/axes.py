"""Round numbers for axes."""

from collections.abc import Iterator
from datetime import UTC, datetime

_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)


def ceiling(highest: float, parts: int = 4) -> float:
    """The top of an axis of so many equal parts, each a round number, that holds `highest`."""
    if highest <= 0:
        return 1.0
    part = highest / parts
    scale = 10.0 ** _exponent(part)
    return parts * scale * next(step for step in _STEPS if step * scale >= part * (1 - 1e-9))


def _exponent(number: float) -> int:
    return int(f"{number:e}".partition("e")[2])


def ticks(since: float, until: float, most: int = 6) -> Iterator[tuple[float, str]]:
    """Full hours or days (UTC) within a stretch of time, at most so many, each with its label."""
    hour = 3600.0
    sizes = (hour, 2 * hour, 3 * hour, 6 * hour, *(n * 24 * hour for n in (1, 2, 5, 7, 15, 30)))
    size = next((size for size in sizes if (until - since) / size <= most), until - since)
    form = "%H:%M" if size < 24 * hour else "%b %-d"
    at = (since // size + 1) * size
    while at < until:
        yield at, datetime.fromtimestamp(at, UTC).strftime(form)
        at += size
