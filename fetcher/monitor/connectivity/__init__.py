"""Is it them or me? What the monitor does to find out whether it can see at all.

A failure is believed only with evidence that the network between us and them carried something
meanwhile; a slow answer only if our own program did not stand still.
"""

from fetcher.monitor.connectivity.control_targets import ControlRound, Controls
from fetcher.monitor.connectivity.evidence import Shows, blinded, observe, shows
from fetcher.monitor.connectivity.gate import Gate, Offline, Passing, Released
from fetcher.monitor.connectivity.gate_policies import ControlGate, OthersGate
from fetcher.monitor.connectivity.stalls import Stalls, excused

__all__ = [
    "ControlGate",
    "ControlRound",
    "Controls",
    "Gate",
    "Offline",
    "OthersGate",
    "Passing",
    "Released",
    "Shows",
    "Stalls",
    "blinded",
    "excused",
    "observe",
    "shows",
]
