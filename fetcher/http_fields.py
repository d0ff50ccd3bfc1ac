"""How long the other side asks us to wait."""

from datetime import UTC
from email.utils import parsedate_to_datetime


def parse_retry_after(value: str, now: float) -> float | None:
    """Seconds to wait by a Retry-After header, in either form (RFC 9110, section 10.2.3).

    now: seconds since the epoch. None when the header is absent or not valid.
    """
    value = value.strip()
    if value.isascii() and value.isdecimal():
        return float(value[:12])
    try:
        date = parsedate_to_datetime(value)
        # Without a zone it is GMT all the same (section 5.6.7), not this machine's time.
        return max(0.0, date.replace(tzinfo=date.tzinfo or UTC).timestamp() - now)
    except (ValueError, OverflowError, TypeError, IndexError):
        return None
