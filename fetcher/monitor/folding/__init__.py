"""What a row of checks comes to: a condition, its changes, and how the time counts.

    health ─► streaks ─► flapping ─► condition, change     windows ─► spans ─► uptime
    (one      (how many  (is better  (what the target      (announced (how time
     check)    in a row)  believed?)  is held to be)        work)      counts)

All of it is pure: values in, values out. Only a `Calendar` remembers what it has worked out.
"""

from fetcher.monitor.folding.calendar import Calendar
from fetcher.monitor.folding.fold import fold
from fetcher.monitor.folding.spans import spans
from fetcher.monitor.folding.uptime import Uptime
from fetcher.monitor.folding.window_check import check_window

__all__ = ["Calendar", "Uptime", "check_window", "fold", "spans"]
