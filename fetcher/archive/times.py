"""Times as archives write them."""

from datetime import UTC, datetime


def stamp(seconds: float) -> str:
    """Seconds since the epoch as a time in UTC, to the second (ISO 8601, W3C profile).

    A finer one would be of no use: by this time other programs look for the record that another
    one refers to, and most of them compare whole seconds.
    """
    return datetime.fromtimestamp(int(seconds), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
