"""Durations and sizes with units, as people write them on a command line or in TOML.

Numbers, dates and what strangers sent, in plain words.

Moments and durations, as people read them in a message.

Times as archives write them.
"""

import math
import re
from datetime import UTC, datetime, tzinfo
from http import HTTPStatus

from fetcher.failures import FACTS, Failure
from fetcher.text import excerpt

_NUMBER = re.compile(r"\s*([0-9]+(?:\.[0-9]+)?|\.[0-9]+)\s*([a-zA-Z]*)\s*")
_SECONDS = {"us": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_BYTES = {"b": 1, "kb": 10**3, "mb": 10**6, "gb": 10**9, "kib": 2**10, "mib": 2**20, "gib": 2**30}


def parse_duration(text: str) -> float:
    """Read a duration such as `500ms`, `30s`, `1.5m`, `2h` as seconds; a bare number is seconds.

    Raises ValueError that says what was expected.
    """
    seconds = _parse(text, _SECONDS, "s")
    if seconds is None:
        raise ValueError(f"{text!r} is not a duration; write for example 500ms, 30s, 5m or 1h")
    return seconds


def parse_size(text: str) -> int:
    """Read a size such as `512KB`, `10MB`, `1MiB` as bytes; a bare number is bytes.

    Raises ValueError that says what was expected.
    """
    count = _parse(text, _BYTES, "b")
    if count is None:
        raise ValueError(f"{text!r} is not a size; write for example 500KB, 10MB or 1MiB")
    return int(count)


def format_duration(seconds: float) -> str:
    """Write seconds the way `parse_duration` reads them, short: `250ms`, `30s`, `5m`, `2h`."""
    if seconds < 1:
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
    """Six decimals at the most, and never an exponent."""
    return f"{number:.6f}".rstrip("0").rstrip(".")


DAY = 86_400.0


def quoted(text: str) -> str:
    """A stranger's text in quotation marks, printable and cut."""
    return f'"{excerpt(text)}"'


def one_line(text: str) -> str:
    """A text as it is, but for what is not printable, which becomes spaces."""
    if text.isprintable():
        return text
    return " ".join("".join([c if c.isprintable() else " " for c in text]).split())


def meaning(failure: Failure) -> str:
    """What a kind of failure means and what was seen of it, to be read within a sentence."""
    sentence = FACTS[failure.kind].meaning.rstrip(".")
    detail = f" ({excerpt(failure.detail)})" if failure.detail else ""
    return sentence[:1].lower() + sentence[1:] + detail


def seconds(number: float) -> str:
    """A duration: `340 ms`, `2.4 s`, `75 s`."""
    if number < 1:
        return f"{number * 1000:.0f} ms"
    return f"{number:.3f}".rstrip("0").rstrip(".") + " s" if number < 10 else f"{number:.0f} s"


def days(number: float) -> str:
    """A number of days, rounded down: `1 day`, `12 days`; `less than a day`."""
    if not math.isfinite(number):
        return "an unknown number of days"
    whole = math.floor(number)
    if whole < 1:
        return "less than a day"
    return "1 day" if whole == 1 else f"{whole} days"


def date(moment: float) -> str:
    """The day (UTC) of a moment in seconds since the epoch, as ISO 8601 has it."""
    try:
        return datetime.fromtimestamp(moment, UTC).date().isoformat()
    except (ValueError, OverflowError, OSError):
        return "a date that no calendar has"


def status(code: int) -> str:
    """A status and what it is called: `503 (Service Unavailable)`."""
    try:
        return f"{code} ({HTTPStatus(code).phrase})"
    except ValueError:
        return str(code)


def ordinal(number: int) -> str:
    """A place in an order: `1st`, `2nd`, `3rd`, `11th`."""
    ending = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10)
    return f"{number}{ending or 'th'}"


NO_DATE = "a time that no calendar has"

_UNITS = ((86_400, "d"), (3_600, "h"), (60, "min"), (1, "s"))


def shown(moment: float, zone: tzinfo = UTC) -> str:
    """A moment, in seconds since the epoch, to the second: `2026-11-03 14:05:09 UTC`."""
    made = _datetime(moment, zone)
    return NO_DATE if made is None else f"{made:%Y-%m-%d %H:%M:%S %Z}"


def stamp(moment: float | None) -> str | None:
    """The same for programs (RFC 3339): `2026-11-03T14:05:09Z`; None for none."""
    made = None if moment is None else _datetime(moment, UTC)
    return None if made is None else f"{made:%Y-%m-%dT%H:%M:%SZ}"


def lasting(seconds: float) -> str:
    """A duration in its two largest units: `45 s`, `3 min 5 s`, `2 d 4 h`; less than nothing is 0.

    The smaller one is left out where it is 0.
    """
    if not math.isfinite(seconds):
        return "an unknown time"
    rest = max(0, round(seconds))
    for place, (size, unit) in enumerate(_UNITS):
        if rest >= size:
            count, rest = divmod(rest, size)
            smaller, name = _UNITS[min(place + 1, len(_UNITS) - 1)]
            further = f" {rest // smaller} {name}" if rest // smaller else ""
            return f"{count} {unit}{further}"
    return "0 s"


def _datetime(moment: float, zone: tzinfo) -> datetime | None:
    try:
        return datetime.fromtimestamp(moment, zone)
    except (ValueError, OverflowError, OSError):
        return None


def times_stamp(seconds: float) -> str:
    """Seconds since the epoch as a time in UTC, to the second (ISO 8601, W3C profile).

    A finer one would be of no use: by this time other programs look for the record that another
    one refers to, and most of them compare whole seconds.
    """
    return datetime.fromtimestamp(int(seconds), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
