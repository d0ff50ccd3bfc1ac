"""The state of every target, and what follows from each observation: values in, commits out.

    observation ─► state ─► change ─► incident ─► message
         └───────────┴────────┴──────────┴───────────┴──► pending commit

Nothing here waits, reads a clock or touches a disk: a crash is the same as forgetting this object
and making a new one from what was committed.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from fetcher.judgement.verdict import Health
from fetcher.monitor.commit import CheckRecord, Commit, Missed, PendingCommit
from fetcher.monitor.conditions import MaintenanceCalendar, next_state, spans
from fetcher.monitor.history import LoadedState
from fetcher.monitor.incident import Incident
from fetcher.monitor.incident_manager import IncidentManager
from fetcher.monitor.incidents import ChangedTarget, causes_of
from fetcher.monitor.live_view import TargetView
from fetcher.monitor.plan import Interval, MonitorTarget
from fetcher.monitor.schedule import next_slot
from fetcher.monitor.target_index import TargetIndex
from fetcher.monitor.target_state import NEW, ConditionChange, Observation, Span, State

_STALE = 5
"""A streak of checks is broken by a gap of this many times as long as a condition stays valid."""


class StateTracker:
    """Keeps the state of all targets; what is to be written is `take`n from it.

    Args:
        loaded: What was committed.
        targets: Those that are monitored now.
        timeout: The longest time that a check takes, in seconds.
        new_id: Makes ids that sort by time.
        now: Seconds since the epoch, like all times here.
    """

    def __init__(
        self,
        loaded: LoadedState,
        targets: Iterable[MonitorTarget],
        timeout: float,
        new_id: Callable[[float], str],
        now: float,
    ) -> None:
        self.targets: dict[str, MonitorTarget] = {}
        """The targets by key."""
        self.index = TargetIndex()
        """The targets as they are now, for the status page."""
        self._pending = PendingCommit()
        self._news: list[Incident] = []
        self._states = dict(loaded.states)
        self._latest = dict(loaded.latest)
        self._last_checked = dict(loaded.checked)
        self._changes: list[ChangedTarget] = []
        self._calendar = MaintenanceCalendar()
        self.incidents = IncidentManager(
            loaded.incidents, loaded.silences, self.targets, self._calendar, new_id, self._pending
        )
        """The open incidents and the silences."""
        self.replan(targets, timeout, now)

    @property
    def last_checked(self) -> Mapping[str, float]:
        """When each target was last checked, by key."""
        return self._last_checked

    @property
    def is_settled(self) -> bool:
        """True if every change so far has gone to the incident manager."""
        return not self._changes

    def replan(self, targets: Iterable[MonitorTarget], timeout: float, now: float) -> None:
        """Monitor these targets from now on, and no others."""
        self._timeout = timeout
        self._calendar.clear()
        # No further than this: at the start it is not known yet which alerts are muted.
        self._pass_on_changes(now)
        self.targets.clear()
        self.targets.update({target.key: target for target in targets})
        removed = self._states.keys() - self.targets.keys()
        for known in (self._states, self._latest, self._last_checked):
            for key in known.keys() - self.targets.keys():
                del known[key]
        # A target that comes back one day starts afresh: its incident ends here.
        self._pending.states.update(dict.fromkeys(removed, NEW))
        self._show(self.incidents.forget(removed, now))
        self.index.set_all([self._view(target, now) for target in self.targets.values()])

    def observe(self, target: MonitorTarget, observation: Observation, now: float) -> None:
        """Record what a check found; ignored if the target is no longer monitored."""
        key = target.key
        if key not in self.targets:
            return
        observation = self._with_address(key, observation)
        window = self._calendar.window_at(target.windows, observation.at)
        before = self._states.get(key, NEW)
        state, change = next_state(
            self._without_stale_streaks(target, before, observation),
            observation.health,
            observation.at,
            target.policy,
            maintenance=window is not None,
        )
        self._pending.records.append(
            CheckRecord(key, observation, self._spans(target, observation, before))
        )
        self._latest[key] = observation
        self._last_checked[key] = observation.at
        if state is not before:
            self._states[key] = self._pending.states[key] = state
        if change is not None:
            self._changes.append(_target_change(target, change, observation))
        self.index.update(self._view(target, now))

    def add_missed(self, missed: Iterable[Missed]) -> None:
        """Record checks that were not made."""
        self._pending.missed.extend(missed)

    def settle(self, now: float) -> None:
        """Turn all changes, and what the clock makes due, into incidents and messages."""
        self._pass_on_changes(now)
        silences = len(self.incidents.silences)
        self._show(self.incidents.tick(now))
        if len(self.incidents.silences) != silences:
            self.refresh(now)

    def take(self) -> Commit:
        """Return everything to be written since the last time."""
        return self._pending.take()

    def give_back(self, commit: Commit) -> None:
        """Take back what could not be written."""
        self._pending.give_back(commit)

    def take_news(self) -> list[Incident]:
        """Return the incidents that were opened, changed or closed since the last time."""
        news, self._news = self._news, []
        return news

    def put_incident(self, incident: Incident, now: float) -> None:
        """Add or replace an incident about the monitor itself."""
        self._show([self.incidents.put(incident, now)])

    def refresh(self, now: float) -> None:
        """Update the index after silences have changed."""
        for target in self.targets.values():
            self.index.update(self._view(target, now))

    def _pass_on_changes(self, now: float) -> None:
        changes, self._changes = self._changes, []
        self._show(self.incidents.apply(changes, now))

    def _show(self, incidents: Iterable[Incident]) -> None:
        """Update the index, and add to the news."""
        for incident in incidents:
            self._news.append(incident)
            for member in incident.members:
                view = self.index.get(member.key)
                current = self.incidents.incident_of(member.key)
                if view is not None and view.incident != current:
                    self.index.update(replace(view, incident=current))

    def _with_address(self, key: str, observation: Observation) -> Observation:
        """Fill in where a target last answered, if this check does not know."""
        latest = self._latest.get(key)
        if observation.ip or latest is None or not latest.ip:
            return observation
        # It is written with the check, so that a restart during an outage does not lose it.
        fingerprint = observation.fingerprint or latest.fingerprint
        return replace(observation, ip=latest.ip, fingerprint=fingerprint)

    def _spans(
        self, target: MonitorTarget, observation: Observation, before: State
    ) -> tuple[Span, ...]:
        """Classify the time since the previous check."""
        last, now = self._last_checked.get(target.key), observation.at
        if last is None:
            return ()
        return spans(
            last,
            now,
            before.condition,
            self._validity(target, last),
            self._calendar.announced(target.windows, last, now),
            known=observation.health is not Health.UNKNOWN,
        )

    def _without_stale_streaks(
        self, target: MonitorTarget, state: State, observation: Observation
    ) -> State:
        """Reset the streaks if too much time has passed since the previous check."""
        last = self._last_checked.get(target.key)
        if last is None or not (state.bad or state.good or state.far):
            return state
        if observation.at - last <= _STALE * self._validity(target, last):
            return state
        return replace(state, bad=0, good=0, far=0)

    def _validity(self, target: MonitorTarget, last: float) -> float:
        """Return how long a condition holds after a check, in seconds: one check may be missed."""
        timing = target.timing
        if isinstance(timing, Interval):
            return 2 * timing.seconds + self._timeout
        after_next = next_slot(target.key, timing, next_slot(target.key, timing, last))
        return after_next - last + self._timeout

    def _view(self, target: MonitorTarget, now: float) -> TargetView:
        key = target.key
        window = self._calendar.window_at(target.windows, now)
        return TargetView(
            target,
            self._states.get(key, NEW),
            self._latest.get(key),
            self.incidents.incident_of(key),
            self.incidents.is_silenced(target, now),
            "" if window is None else window.name,
        )


def _target_change(
    target: MonitorTarget, change: ConditionChange, observation: Observation
) -> ChangedTarget:
    return ChangedTarget(target, change, observation, causes_of(target, observation))
