"""HTTP header fields: reading a name and a value, dates, and how long a server asks us to wait."""

import re
from datetime import UTC
from http import HTTPStatus

_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_LONGEST_DATE = 64
_MOST_DIGITS = 12


def parse_header(text: str) -> tuple[str, str]:
    """Read `Name: value` (RFC 9110, sections 5.1 and 5.5); raises ValueError."""
    name, colon, value = text.partition(":")
    name, value = name.strip(), value.strip()
    if not colon or not _TOKEN.fullmatch(name):
        raise ValueError(f"{text!r} is not a header; use 'Name: value'")
    if any(c in "\r\n\0" for c in value):
        raise ValueError(f"the value of header {name!r} contains a line break")
    return name, value


def decoded_value(value: str) -> str:
    """Return a header's value as valid Unicode, with every character it has.

    aiohttp hands down bytes that are not UTF-8 as lone surrogates; each becomes U+FFFD.
    """
    if value.isascii():
        return value
    return value.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def http_date(text: str) -> float | None:
    """Return an HTTP-date in any of its three forms (RFC 9110, section 5.6.7), or None.

    In seconds since the epoch. Without a zone it is GMT all the same, not this machine's time.
    """
    if len(text) > _LONGEST_DATE:
        return None
    # Half of `email` comes with it, which `--help` does not need.
    from email.utils import parsedate_to_datetime

    try:
        date = parsedate_to_datetime(text)
        return date.replace(tzinfo=date.tzinfo or UTC).timestamp()
    except (ValueError, OverflowError, TypeError, IndexError):
        return None


def delay_seconds(text: str) -> int | None:
    """Return a number of seconds as HTTP writes it (RFC 9111, section 1.2.2), or None."""
    return int(text[:_MOST_DIGITS]) if text.isascii() and text.isdecimal() else None


def parse_retry_after(value: str, now: float) -> float | None:
    """Return the seconds to wait by a Retry-After header (RFC 9110, section 10.2.3).

    now: seconds since the epoch, for a header that names a date. None when the header is absent or
    not valid.
    """
    value = value.strip()
    if (seconds := delay_seconds(value)) is not None:
        return float(seconds)
    date = http_date(value)
    return None if date is None else max(0.0, date - now)


def status_text(code: int) -> str:
    """Return a status with its reason phrase: `503 (Service Unavailable)`."""
    try:
        return f"{code} ({HTTPStatus(code).phrase})"
    except ValueError:
        return str(code)
