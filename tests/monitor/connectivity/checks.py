"""Checks for the gate, made by hand."""

from fetcher.monitor.connectivity import ControlRound, Evidence, GatedCheck, Released
from fetcher.monitor.plan import SelfSettings

OWN = SelfSettings(patience=15.0, control_pause=5.0)


def seen(host: str, at: float, key: str = "") -> GatedCheck[str]:
    """A check that was answered in a tenth of a second."""
    return GatedCheck(key or host, host, at - 0.1, at, Evidence.ONLINE, f"{key or host}@{at}")


def failed(host: str, at: float, took: float = 0.1, key: str = "") -> GatedCheck[str]:
    """A check that failed."""
    return GatedCheck(key or host, host, at - took, at, Evidence.DOUBT, f"{key or host}@{at}")


def fault(host: str, at: float) -> GatedCheck[str]:
    """A check that could not go out."""
    text = "There is no route to this address from here."
    return GatedCheck(host, host, at - 0.1, at, Evidence.FAULT, f"{host}@{at}", text)


def answered(began: float, ended: float) -> ControlRound:
    """A round in which a control target answered."""
    return ControlRound(began, ended)


def silent(began: float, ended: float) -> ControlRound:
    """A round in which none did."""
    return ControlRound(began, ended, "nobody there")


def released(found: list[Released[str]]) -> list[str]:
    """What came out, `-` before what nothing can be said of."""
    return [f"-{one.item}" if one.offline else one.item for one in found]
