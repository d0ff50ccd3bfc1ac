"""Incidents about the monitor itself: it cannot see, or a channel does not deliver."""

from collections.abc import Callable, Iterable, Mapping

from fetcher.monitor.evaluator import Evaluator
from fetcher.monitor.incident import About, Incident
from fetcher.monitor.incidents import channel_failing, channel_mended, sight_back, sight_lost
from fetcher.monitor.plan import Plan
from fetcher.monitor.state_tracker import StateTracker


class OwnTroubles:
    """Opens and closes the incidents about the monitor itself.

    incidents: those that lasted when the monitor began, whatever they are about. new_id: gives the
    ids of new ones. Times are seconds since the epoch.
    """

    def __init__(
        self, core: StateTracker, new_id: Callable[[float], str], incidents: Iterable[Incident]
    ) -> None:
        self._core = core
        self._new_id = new_id
        self._dark: Incident | None = None
        self._channels: dict[str, Incident] = {}
        for incident in incidents:
            if incident.about is About.SIGHT:
                self._dark = incident
            elif incident.about is About.CHANNEL:
                self._channels[incident.cause] = incident

    @property
    def failing_since(self) -> Mapping[str, float]:
        """The channels that do not deliver, and since when."""
        return {name: incident.began for name, incident in self._channels.items()}

    def see(self, looking: Evaluator, plan: Plan, now: float) -> None:
        """Take note of whether the monitor can see."""
        blind = looking.blind
        if blind is not None and self._dark is None:
            channels = [channel.name for channel in plan.channels]
            since = now - looking.ago(blind.since)
            self._dark = sight_lost(self._new_id(now), now, since, blind.why, channels)
            self._core.tell(self._dark, now)
        elif blind is None and self._dark is not None and looking.sees:
            self._core.tell(sight_back(self._core.desk.latest(self._dark), now), now)
            self._dark = None

    def channel_failing(
        self, channel: str, error: str, since: float, channels: Iterable[str], now: float
    ) -> None:
        """Take note that a channel does not deliver, and tell the others."""
        if channel not in self._channels:
            incident = channel_failing(self._new_id(now), now, since, channel, error, channels)
            self._channels[channel] = incident
            self._core.tell(incident, now)

    def channel_mended(self, channel: str, now: float) -> None:
        """Take note that a channel delivers again."""
        incident = self._channels.pop(channel, None)
        if incident is not None:
            self._core.tell(channel_mended(self._core.desk.latest(incident), now), now)
