"""Incidents about the monitor itself."""

from collections.abc import Iterable
from dataclasses import replace

from fetcher.monitor.incident import About, Incident
from fetcher.monitor.state import Condition


def sight_lost(
    incident: str,
    now: float,
    since: float,
    why: str,
    channels: Iterable[str],
    affected: int = 0,
) -> Incident:
    """Open an incident: the monitor cannot see; incident: its id.

    since: when the first check began that could not. why: in plain words. affected: how many checks
    were not believed so far, 0 when that is not known.
    """
    checks = "1 check" if affected == 1 else f"{affected:,} checks"
    cause = f"{checks} so far not believed" if affected else ""
    return _about(About.SIGHT, incident, now, since, why, channels, cause)


def sight_back(incident: Incident, now: float) -> Incident:
    """Close it: the monitor can see again."""
    return _closed(incident, now)


def channel_failing(
    incident: str, now: float, since: float, channel: str, error: str, channels: Iterable[str]
) -> Incident:
    """Open an incident: a channel does not deliver; incident: its id.

    since: when that began. error: in plain words. channels: all there are; the others are told.
    """
    others = [other for other in channels if other != channel]
    return _about(About.CHANNEL, incident, now, since, error, others, channel)


def channel_mended(incident: Incident, now: float) -> Incident:
    """Close it: the channel delivers again."""
    return _closed(incident, now)


def _about(
    about: About,
    incident: str,
    now: float,
    since: float,
    text: str,
    channels: Iterable[str],
    cause: str,
) -> Incident:
    return Incident(
        incident,
        began=since,
        opened=now,
        condition=Condition.DOWN,
        trouble=about.value,
        text=text,
        about=about,
        cause=cause,
        channels=tuple(dict.fromkeys(channels)),
        tell_from=now,
    )


def _closed(incident: Incident, now: float) -> Incident:
    return incident if incident.closed is not None else replace(incident, closed=now)
