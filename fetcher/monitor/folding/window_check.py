"""Whether a maintenance window says clearly when it is on."""

import math

from fetcher.monitor.schedule.expression import parse_cron
from fetcher.monitor.watched import Window

_LONGEST = 366 * 86400.0


def check_window(window: Window) -> None:
    """Raise ValueError, in plain words, for a window that does not say clearly when it is on.

    It is on again and again (cron, zone, duration) or once (start, end). It may begin again before
    it has ended, and then goes on.
    """
    if window.cron:
        _check_recurring(window)
    elif window.start is None or window.end is None:
        raise ValueError("it does not say when it is: give cron and duration, or start and end")
    elif window.duration:
        raise ValueError("it has start and end, and a duration too; that belongs to cron")
    elif not math.isfinite(window.start) or not math.isfinite(window.end):
        raise ValueError("its start or its end is not a time")
    elif window.end <= window.start:
        raise ValueError("it ends before it has begun")


def _check_recurring(window: Window) -> None:
    if window.start is not None or window.end is not None:
        raise ValueError("it has cron, and start or end too; give one or the other")
    cron = parse_cron(window.cron, window.zone)
    if len(cron.expression.split()) > 5:
        # By the second, a year without this process would be 30 million beginnings to go through.
        raise ValueError(
            f"the cron expression {window.cron!r} has seconds; a window begins with a minute, "
            "so write five fields: minute, hour, day of month, month, day of week"
        )
    if not window.duration > 0:
        raise ValueError("it has no duration; say how long it lasts, such as 2h")
    if window.duration > _LONGEST:
        raise ValueError("it lasts longer than a year; give start and end instead")
