"""Numbers, dates and what strangers sent, in plain words."""

import math
from datetime import UTC, datetime
from http import HTTPStatus

from fetcher.failures import FACTS, Failure
from fetcher.judgement.excerpts import excerpt

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
