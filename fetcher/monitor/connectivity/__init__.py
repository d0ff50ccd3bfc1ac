"""Is it them or me? How the monitor finds out whether it is online itself.

A failure counts only if there is evidence that the network carried something meanwhile; a timeout
only if the monitor's own event loop did not stall.
"""

from fetcher.monitor.connectivity.control_targets import ControlChecker, ControlRound
from fetcher.monitor.connectivity.evidence import Evidence, evidence_of, observe, undecided
from fetcher.monitor.connectivity.gate import Gate, GatedCheck, Offline, Released
from fetcher.monitor.connectivity.gate_policies import ControlGate, PeerGate
from fetcher.monitor.connectivity.stalls import Stalls, excuse_timeouts

__all__ = [
    "ControlChecker",
    "ControlGate",
    "ControlRound",
    "Evidence",
    "Gate",
    "GatedCheck",
    "Offline",
    "PeerGate",
    "Released",
    "Stalls",
    "evidence_of",
    "excuse_timeouts",
    "observe",
    "undecided",
]
