"""What incidents are called."""

from collections.abc import Iterable
from itertools import groupby

from fetcher.monitor.incident import About, Incident
from fetcher.statuspage.words import counted, day


def title_of(incident: Incident) -> str:
    """Name an incident by what it is about."""
    if incident.about is About.SIGHT:
        return "The monitor could not see"
    if incident.about is About.CHANNEL:
        return "A channel does not deliver"
    members = incident.members
    if len(members) == 1:
        return members[0].shown
    return f"{counted(len(members), 'target')}: {incident.cause or incident.text}"


def by_day(incidents: Iterable[Incident]) -> list[tuple[str, list[Incident]]]:
    """Gather incidents by the day (UTC) on which they began, in their order."""
    return [(name, list(some)) for name, some in groupby(incidents, lambda one: day(one.opened))]
