"""That someone knows of an incident."""

from collections.abc import Iterable
from dataclasses import replace

from fetcher.monitor.incident import Incident


def acknowledge(incident: Incident, at: float, by: str) -> Incident:
    """Note that someone knows; the first to say so counts, and only while the incident lasts."""
    if not incident.open or incident.acknowledged is not None:
        return incident
    return replace(incident, acknowledged=at, acknowledged_by=by)


def named(incidents: Iterable[Incident], beginning: str) -> Incident | None:
    """Find the incident whose id begins so; None when there is none, or more than one."""
    found = [incident for incident in incidents if incident.id.startswith(beginning)]
    return found[0] if beginning and len(found) == 1 else None
