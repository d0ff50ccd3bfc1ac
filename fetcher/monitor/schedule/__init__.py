"""When each target is checked: slots, whose turn it is, and whether the plan can be kept.

timing + key ─► rhythm ─► slots ─► schedule ─► due
(interval,     (pure: when is      (one heap, on a clock
 cron)          each slot?)         that is passed in)
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
from fetcher.monitor.schedule.slots import Rhythm, next_slot, phase, rhythm, slots_between

__all__ = [
    "Due",
    "Feasibility",
    "Rhythm",
    "Schedule",
    "calibrate",
    "capacity",
    "feasibility",
    "next_slot",
    "parse_cron",
    "phase",
    "rate_of",
    "rhythm",
    "slots_between",
]
