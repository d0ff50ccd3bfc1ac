"""How times and durations stand in the database: as whole numbers, so that sums are exact."""

SECOND = 1000
"""Times are milliseconds since the epoch; these are the lengths of others."""
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR

BLOCK_BITS = 4
"""Targets are numbered in the order of their first check, and 16 of them make a block.

Rows lie by block, then by time: neighbours are checked at about the same moment, so a second's rows
fill a few pages, where rows by target would touch a page each; and to read one target's rows is to
read past those of 15 others.
"""


def block_of(target: int) -> int:
    """The block that a target is in."""
    return target >> BLOCK_BITS


def milliseconds(seconds: float) -> int:
    """A time in seconds as one in whole milliseconds."""
    return round(seconds * 1000)


def microseconds(seconds: float | None) -> int | None:
    """A duration in seconds as one in whole microseconds."""
    return None if seconds is None else round(seconds * 1e6)


def floor(at: int, step: int) -> int:
    """The beginning of the step that a time lies in."""
    return at - at % step


def ceil(at: int, step: int) -> int:
    """The first beginning of a step at or after a time."""
    return -(-at // step) * step
