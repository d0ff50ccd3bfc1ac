"""Incidents about the monitor itself: it is offline, or a channel does not deliver."""

from collections.abc import Callable, Container, Iterable, Mapping

from fetcher.monitor.evaluator import Evaluator
from fetcher.monitor.incident import About, Incident
from fetcher.monitor.incidents import channel_failing, connectivity_lost, resolve
from fetcher.monitor.plan import Plan
from fetcher.monitor.state_tracker import StateTracker


class SelfIncidents:
    """Opens and closes the incidents about the monitor itself.

    Args:
        tracker: Takes them.
        new_id: Makes their ids.
        incidents: Those that were open when the monitor started, whatever they are about.
    """

    def __init__(
        self,
        tracker: StateTracker,
        new_id: Callable[[float], str],
        incidents: Iterable[Incident],
    ) -> None:
        self._tracker = tracker
        self._new_id = new_id
        self._offline: Incident | None = None
        self._channels: dict[str, Incident] = {}
        for incident in incidents:
            if incident.about is About.CONNECTIVITY:
                self._offline = incident
            elif incident.about is About.CHANNEL:
                self._channels[incident.cause] = incident

    @property
    def failing_since(self) -> Mapping[str, float]:
        """The channels that do not deliver, and since when (seconds since the epoch)."""
        return {name: incident.began for name, incident in self._channels.items()}

    def update_connectivity(self, evaluator: Evaluator, plan: Plan, now: float) -> None:
        """Open an incident if the monitor is offline; close it once a target has answered."""
        offline = evaluator.offline
        if offline is not None and self._offline is None:
            channels = [channel.name for channel in plan.channels]
            since = now - evaluator.ago(offline.since)
            self._offline = connectivity_lost(self._new_id(now), now, since, offline.why, channels)
            self._tracker.put_incident(self._offline, now)
        elif offline is None and self._offline is not None and evaluator.is_online:
            self._close(self._offline, now)
            self._offline = None

    def channel_failing(
        self, channel: str, error: str, since: float, channels: Iterable[str], now: float
    ) -> None:
        """Open an incident about a channel that does not deliver.

        channels: all there are; the others are sent a notice.
        """
        if channel not in self._channels:
            incident = channel_failing(self._new_id(now), now, since, channel, error, channels)
            self._channels[channel] = incident
            self._tracker.put_incident(incident, now)

    def channel_recovered(self, channel: str, now: float) -> None:
        """Close the incident about a channel, if there is one."""
        incident = self._channels.pop(channel, None)
        if incident is not None:
            self._close(incident, now)

    def drop_channels_except(self, channels: Container[str], now: float) -> None:
        """Close the incidents about channels that are no longer configured."""
        for name in [name for name in self._channels if name not in channels]:
            self.channel_recovered(name, now)

    def _close(self, incident: Incident, now: float) -> None:
        current = self._tracker.incidents.latest(incident)
        self._tracker.put_incident(resolve(current, now), now)
