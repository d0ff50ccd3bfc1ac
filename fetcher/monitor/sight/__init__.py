"""Is it them or me? What the monitor does to find out whether it can see at all.

A failure is believed only with evidence that the network between us and them carried something
meanwhile; a slow answer only if our own program did not stand still.
"""

from fetcher.monitor.sight.by_controls import ControlGate
from fetcher.monitor.sight.by_others import OthersGate
from fetcher.monitor.sight.controls import ControlRound, Controls
from fetcher.monitor.sight.gate import Gate
from fetcher.monitor.sight.lag import StandStills, excused
from fetcher.monitor.sight.observing import blinded, observe
from fetcher.monitor.sight.passing import Blind, Passing, Released
from fetcher.monitor.sight.showing import Shows, shows

__all__ = [
    "Blind",
    "ControlGate",
    "ControlRound",
    "Controls",
    "Gate",
    "OthersGate",
    "Passing",
    "Released",
    "Shows",
    "StandStills",
    "blinded",
    "excused",
    "observe",
    "shows",
]
