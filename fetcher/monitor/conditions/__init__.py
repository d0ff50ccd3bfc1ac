"""What a series of checks amounts to: a condition, its changes, and how the time counts.

    health ─► streaks ─► flapping ─► condition, change     windows ─► spans ─► uptime
    (one      (how many  (is the     (what the target      (mainte-   (how time
     check)    in a row)  recovery    is taken to be)       nance)     counts)
                          believed?)

All of it is pure: values in, values out. Only a `MaintenanceCalendar` remembers what it computed.
"""

from fetcher.monitor.conditions.maintenance_windows import MaintenanceCalendar, check_window
from fetcher.monitor.conditions.state_machine import next_state
from fetcher.monitor.conditions.uptime import Uptime, spans

__all__ = ["MaintenanceCalendar", "Uptime", "check_window", "next_state", "spans"]
