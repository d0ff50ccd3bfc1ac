"""The rows of `fetcher monitor export`."""

from collections.abc import Callable, Iterable, Iterator

from fetcher.monitor.history import Bucket, Check, Reader
from fetcher.monitor.incident import Incident
from fetcher.monitor.incidents.times import stamp
from fetcher.sinks.base import Row
from fetcher.sinks.column import Column

HOUR, DAY = 3600, 86400
_PAGE = 200
_SPELLS = ("up", "degraded", "down", "unwatched", "maintenance")


def _column(name: str, kind: type = str) -> Column:
    return Column(name, "", "", kind, True, lambda result: None)


_COUNTS = ("checks", "healthy", "degraded", "unhealthy", "unknown")
_TIMES = ("elapsed_min_ms", "elapsed_avg_ms", "elapsed_max_ms")
_FIGURES = (
    *map(_column, ("target", "start")),
    *(_column(name, int) for name in _COUNTS),
    *(_column(name, float) for name in _TIMES),
)

COLUMNS = {
    "checks": (
        *map(_column, ("target", "at", "due", "health", "trouble")),
        _column("status", int),
        _column("elapsed_ms", float),
        _column("text"),
    ),
    "hours": _FIGURES,
    "days": (*_FIGURES, *(_column(f"{spell}_seconds", float) for spell in _SPELLS)),
    "incidents": (
        *map(_column, ("id", "about", "condition", "trouble", "began", "opened", "closed")),
        _column("targets", int),
        *map(_column, ("first_target", "cause", "text", "told_at", "acknowledged_by")),
    ),
}
"""What can be written, with the columns of each."""


def rows(reader: Reader, what: str, since: float, until: float, text: str) -> Iterator[Row]:
    """Give the rows of one kind, oldest first by target; incidents latest first.

    text: only of targets whose key has this, in lower case.
    """
    if what == "incidents":
        yield from (_incident(one) for one in _incidents(reader, since, text))
        return
    of_target: Callable[[str], Iterable[Row]] = {
        "checks": lambda key: _checks(reader, key, since, until),
        "hours": lambda key: _hours(reader, key, since, until),
        "days": lambda key: _days(reader, key, since, until),
    }[what]
    for key in reader.targets():
        if text in key.casefold():
            yield from of_target(key)


def _checks(reader: Reader, key: str, since: float, until: float) -> Iterator[Row]:
    for one in reversed(reader.checks(key, since, until, most=2**31)):
        yield _check(key, one)


def _check(key: str, one: Check) -> Row:
    trouble = one.trouble.value if one.trouble else None
    told = (one.status, _ms(one.elapsed), one.text or None)
    return (key, stamp(one.at), stamp(one.due), one.health.value, trouble, *told)


def _hours(reader: Reader, key: str, since: float, until: float) -> Iterator[Row]:
    yield from (_figures(key, one) for one in reader.rolled(key, since, until, HOUR))


def _days(reader: Reader, key: str, since: float, until: float) -> Iterator[Row]:
    figures = {one.start: one for one in reader.rolled(key, since, until, DAY)}
    for day in reader.days([key], since, until)[key]:
        bucket = figures.get(day.start, Bucket(day.start, DAY, 0))
        yield (*_figures(key, bucket), *(getattr(day.uptime, spell) for spell in _SPELLS))


def _figures(key: str, one: Bucket) -> Row:
    counts = (getattr(one, name) for name in _COUNTS)
    times = (_ms(t) for t in (one.elapsed_min, one.elapsed_avg, one.elapsed_max))
    return (key, stamp(one.start), *counts, *times)


def _incidents(reader: Reader, since: float, text: str) -> Iterator[Incident]:
    """Page through the incidents, the latest first."""
    before: float | None = None
    while page := reader.incidents(before, _PAGE, text=text):
        for one in page:
            if one.opened < since:
                return
            yield one
        before = page[-1].opened


def _incident(one: Incident) -> Row:
    return (
        *(one.id, one.about.value, one.condition.value, one.trouble),
        *(stamp(one.began), stamp(one.opened), stamp(one.closed), len(one.members)),
        one.members[0].shown if one.members else None,
        *(one.cause or None, one.text, stamp(one.told_at), one.acknowledged_by or None),
    )


def _ms(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds * 1000, 3)
