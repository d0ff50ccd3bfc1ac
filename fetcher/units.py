"""Durations, sizes and times: the one place that reads them and puts them into words.

`parse_…` reads what people write on a command line or in TOML, and `format_duration` writes it
back. For people who read: `format_elapsed` is how long something was measured to take,
`format_span` how long something has lasted, `format_days` a rough number of days, `format_time` a
moment. For programs: `rfc3339`.
"""

import math
import re
from datetime import UTC, datetime, tzinfo

DAY = 86_400.0
"""Seconds in a day."""

NO_DATE = "a time that no calendar has"
"""What stands for a moment beyond the years that can be written."""

_NUMBER = re.compile(r"\s*([0-9]+(?:\.[0-9]+)?|\.[0-9]+)\s*([a-zA-Z]*)\s*")
_SECONDS = {"us": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_BYTES = {"b": 1, "kb": 10**3, "mb": 10**6, "gb": 10**9, "kib": 2**10, "mib": 2**20, "gib": 2**30}


def parse_duration(text: str) -> float:
    """Read a duration such as `500ms`, `30s`, `1.5m`, `2h` as seconds; a bare number is seconds.

    Raises ValueError that says what was expected.
    """
    seconds = _parse(text, _SECONDS, "s")
    if seconds is None:
        raise ValueError(f"{text!r} is not a duration; use for example 500ms, 30s, 5m or 1h")
    return seconds


def parse_size(text: str) -> int:
    """Read a size such as `512KB`, `10MB`, `1MiB` as bytes; a bare number is bytes.

    Raises ValueError that says what was expected.
    """
    count = _parse(text, _BYTES, "b")
    if count is None:
        raise ValueError(f"{text!r} is not a size; use for example 500KB, 10MB or 1MiB")
    return int(count)


def format_duration(seconds: float) -> str:
    """Write seconds the way `parse_duration` reads them, short: `250ms`, `30s`, `5m`, `2h`."""
    if 0 < seconds < 1:
        return f"{_plain(seconds * 1000)}ms"
    for unit, scale in (("h", 3600.0), ("m", 60.0)):
        if seconds >= scale and seconds % scale == 0:
            return f"{_plain(seconds / scale)}{unit}"
    return f"{_plain(seconds)}s"


def format_size(count: float) -> str:
    """Write a number of bytes for people, in decimal units: `310 B`, `4.2 MB`."""
    for unit in ("B", "KB", "MB", "GB"):
        if count < 999.5 or unit == "GB":
            break
        count /= 1000
    return f"{count:.0f} {unit}" if unit == "B" or count >= 99.95 else f"{count:.1f} {unit}"


def _parse(text: str, units: dict[str, float] | dict[str, int], default: str) -> float | None:
    match = _NUMBER.fullmatch(text)
    scale = units.get(match[2].lower() or default) if match else None
    if match is None or scale is None:
        return None
    value = float(match[1]) * scale
    return value if math.isfinite(value) else None


def _plain(number: float) -> str:
    """Return at most six decimals, and never an exponent."""
    return f"{number:.6f}".rstrip("0").rstrip(".")


_SPAN_UNITS = ((86_400, "d"), (3_600, "h"), (60, "min"), (1, "s"))


def format_elapsed(seconds: float) -> str:
    """Return a measured time in about three digits: `3.1 ms`, `340 ms`, `2.417 s`, `1 min 15 s`."""
    if not math.isfinite(seconds):
        return "an unknown time"
    milliseconds = max(0.0, seconds) * 1000
    if milliseconds < 9.95:
        return f"{_plain(round(milliseconds, 1))} ms"
    if milliseconds < 999.5:
        return f"{milliseconds:.0f} ms"
    if seconds < 59.95:
        return f"{_plain(round(seconds, 3 if seconds < 10 else 1))} s"
    return format_span(seconds)


def format_span(seconds: float) -> str:
    """Return how long something lasts, in its two largest units: `45 s`, `3 min 5 s`, `2 d 4 h`.

    The smaller one is left out where it is 0; less than nothing is `0 s`.
    """
    if not math.isfinite(seconds):
        return "an unknown time"
    rest = max(0, round(seconds))
    for place, (size, unit) in enumerate(_SPAN_UNITS):
        if rest >= size:
            count, rest = divmod(rest, size)
            smaller, name = _SPAN_UNITS[min(place + 1, len(_SPAN_UNITS) - 1)]
            further = f" {rest // smaller} {name}" if rest // smaller else ""
            return f"{count} {unit}{further}"
    return "0 s"


def format_days(seconds: float) -> str:
    """Return whole days, rounded down: `1 day`, `12 days`, `less than a day`."""
    if not math.isfinite(seconds):
        return "an unknown number of days"
    days = math.floor(seconds / DAY)
    if days < 1:
        return "less than a day"
    return "1 day" if days == 1 else f"{days} days"


def format_time(moment: float, zone: tzinfo = UTC) -> str:
    """Return a moment to the second: `2026-11-03 14:05:09 UTC`; in seconds since the epoch."""
    return _formatted(moment, "%Y-%m-%d %H:%M:%S %Z", zone)


def format_minute(moment: float) -> str:
    """Return a moment (UTC) to the minute, where the zone is said elsewhere: `2026-11-03 14:05`."""
    return _formatted(moment, "%Y-%m-%d %H:%M")


def format_clock(moment: float) -> str:
    """Return the time of day (UTC) of a moment: `14:05`."""
    return _formatted(moment, "%H:%M")


def format_date(moment: float) -> str:
    """Return the day (UTC) of a moment: `2026-11-03`."""
    return _formatted(moment, "%Y-%m-%d")


def format_month_day(moment: float) -> str:
    """Return the day (UTC) of a moment where there is little room: `Nov 3`."""
    return _formatted(moment, "%b %-d")


def rfc3339(moment: float | None) -> str | None:
    """Return a moment for programs (RFC 3339), in UTC and to the second: `2026-11-03T14:05:09Z`.

    A finer one would be of no use where programs look for the record that another one refers to:
    most of them compare whole seconds. None for none, and beyond the years that the form has.
    """
    if moment is None or not math.isfinite(moment):
        return None
    made = _datetime(math.floor(moment), UTC)
    return None if made is None else f"{made:%Y-%m-%dT%H:%M:%SZ}"


def parse_time(text: str) -> datetime:
    """Read a date with a time (ISO 8601), with or without its zone; raises ValueError."""
    try:
        return datetime.fromisoformat(text.strip())
    except ValueError:
        raise ValueError(
            f"{text!r} is not a date with a time, such as 2026-11-21T22:00:00+01:00"
        ) from None


def _formatted(moment: float, form: str, zone: tzinfo = UTC) -> str:
    made = _datetime(moment, zone)
    return NO_DATE if made is None else made.strftime(form)


def _datetime(moment: float, zone: tzinfo) -> datetime | None:
    try:
        return datetime.fromtimestamp(moment, zone)
    except (ValueError, OverflowError, OSError):
        return None
