"""What a row of checks comes to: a condition, its changes, and how the time counts.

    health ─► streaks ─► flapping ─► condition, change     windows ─► spans ─► uptime
    (one      (how many  (is better  (what the target      (announced (how time
     check)    in a row)  believed?)  is held to be)        work)      counts)

All of it is pure: values in, values out. Only a `Calendar` remembers what it has worked out.
"""

from fetcher.monitor.conditions.maintenance_windows import Calendar, check_window
from fetcher.monitor.conditions.state_machine import fold
from fetcher.monitor.conditions.uptime import Uptime, spans

__all__ = [
    "Calendar",
    "Uptime",
    "check_window",
    "fold",
    "spans",
]
