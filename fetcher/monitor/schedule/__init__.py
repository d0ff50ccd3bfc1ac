"""When each target is checked: its slots, which target is due, and whether a plan is feasible.

timing + key ─► slots ─► schedule ─► due
(interval,     (pure)    (one heap, on a clock
 cron)                    that is passed in)
"""

from fetcher.monitor.schedule.cron import parse_cron
from fetcher.monitor.schedule.feasibility import (
    Feasibility,
    calibrate,
    capacity,
    feasibility,
    rate_of,
)
from fetcher.monitor.schedule.schedule import Due, Schedule
from fetcher.monitor.schedule.slots import Slots, next_slot, phase, slots_between, slots_of

__all__ = [
    "Due",
    "Feasibility",
    "Schedule",
    "Slots",
    "calibrate",
    "capacity",
    "feasibility",
    "next_slot",
    "parse_cron",
    "phase",
    "rate_of",
    "slots_between",
    "slots_of",
]
