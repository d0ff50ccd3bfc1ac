"""What is known of all targets, and what follows from each observation: values in, commits out.

    observation ─► state ─► change ─► incident ─► message
         └───────────┴────────┴──────────┴───────────┴──► commit

Nothing here waits, reads a clock or touches a disk: a crash is the same as to forget this object
and to make a new one of what was committed.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace

from fetcher.judgement.verdict import Health
from fetcher.monitor.commit import CheckRecord, Commit, Missed, PendingCommit
from fetcher.monitor.conditions import Calendar, fold, spans
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
"""So many times as long as a target is held to be as it was, and checks are no longer in a row."""


class StateTracker:
    """All targets, and what follows from each observation.

    loaded: what was committed. targets: that are watched now. timeout: the longest time that a
    check takes, in seconds. new_id: gives ids that rise. Times are seconds since the epoch.
    """

    def __init__(
        self,
        loaded: LoadedState,
        targets: Iterable[MonitorTarget],
        timeout: float,
        new_id: Callable[[float], str],
        now: float,
    ) -> None:
        self.watched: dict[str, MonitorTarget] = {}
        """The targets by their keys."""
        self.board = TargetIndex()
        self.news: list[Incident] = []
        """Incidents that were opened, changed or closed since someone last looked here."""
        self._gathering = PendingCommit()
        self._states = dict(loaded.states)
        self._latest = dict(loaded.latest)
        self._checked = dict(loaded.checked)
        self._changes: list[ChangedTarget] = []
        self._calendar = Calendar()
        self.desk = IncidentManager(
            loaded.incidents,
            loaded.silences,
            self.watched,
            lambda watched, at: self._calendar.window_at(watched.windows, at) is not None,
            new_id,
            self._gathering,
        )
        """The incidents and silences."""
        self.plan(targets, timeout, now)

    @property
    def checked(self) -> dict[str, float]:
        """When each target was last checked, by its key."""
        return self._checked

    def plan(self, targets: Iterable[MonitorTarget], timeout: float, now: float) -> None:
        """Watch these targets from now on, and no others."""
        self._timeout = timeout
        self._calendar = Calendar()
        # No further than that: at the start it is not known yet whom nobody is to be told of.
        self._take_changes(now)
        self.watched.clear()
        self.watched.update({watched.key: watched for watched in targets})
        gone = self._states.keys() - self.watched.keys()
        for known in (self._states, self._latest, self._checked):
            for key in known.keys() - self.watched.keys():
                del known[key]
        # A target that comes back one day begins anew: its incident ends here.
        self._gathering.states.update(dict.fromkeys(gone, NEW))
        self._tell(self.desk.forget(gone, now))
        self.board.set_all([self._view(watched, now) for watched in self.watched.values()])

    def observe(self, watched: MonitorTarget, observation: Observation, now: float) -> None:
        """Take in what a check found; nothing when its target is watched no more."""
        key = watched.key
        if key not in self.watched:
            return
        observation = self._located(key, observation)
        window = self._calendar.window_at(watched.windows, observation.at)
        before = self._states.get(key, NEW)
        state, change = fold(
            self._fresh(watched, before, observation),
            observation.health,
            observation.at,
            watched.policy,
            maintenance=window is not None,
        )
        self._gathering.records.append(
            CheckRecord(key, observation, self._spans(watched, observation, before))
        )
        self._latest[key] = observation
        self._checked[key] = observation.at
        if state is not before:
            self._states[key] = self._gathering.states[key] = state
        if change is not None:
            self._changes.append(self._changed(watched, change, observation))
        self.board.update(self._view(watched, now))

    def missed(self, missed: Iterable[Missed]) -> None:
        """Take in checks that were not made."""
        self._gathering.missed.extend(missed)

    def settle(self, now: float) -> None:
        """Make incidents and messages of all that has changed, and of what the clock makes due."""
        self._take_changes(now)
        silences = len(self.desk.silences)
        self._tell(self.desk.tick(now))
        if len(self.desk.silences) != silences:
            self.refresh(now)

    def take(self) -> Commit:
        """Give all that is to be written since the last time."""
        return self._gathering.take()

    def give_back(self, commit: Commit) -> None:
        """Take back what could not be written."""
        self._gathering.give_back(commit)

    def refresh(self, now: float) -> None:
        """Show on the board that silences have changed."""
        for watched in self.watched.values():
            self.board.update(self._view(watched, now))

    def tell(self, incident: Incident, now: float) -> None:
        """Take an incident about the monitor itself."""
        self._tell([self.desk.put(incident, now)])

    def _take_changes(self, now: float) -> None:
        changes, self._changes = self._changes, []
        self._tell(self.desk.change(changes, now))

    def _tell(self, incidents: Iterable[Incident]) -> None:
        """Show incidents on the board, and tell whoever looks for news."""
        for incident in incidents:
            self.news.append(incident)
            for member in incident.members:
                view = self.board.get(member.key)
                now = self.desk.incident_of(member.key)
                if view is not None and view.incident != now:
                    self.board.update(replace(view, incident=now))

    def _changed(
        self, watched: MonitorTarget, change: ConditionChange, observation: Observation
    ) -> ChangedTarget:
        return ChangedTarget(watched, change, observation, causes_of(watched, observation))

    def _located(self, key: str, observation: Observation) -> Observation:
        """Say where a target was when it last answered, where a check does not tell."""
        latest = self._latest.get(key)
        if observation.ip or latest is None or not latest.ip:
            return observation
        # It is written with the check, so that a restart within an outage does not forget it.
        fingerprint = observation.fingerprint or latest.fingerprint
        return replace(observation, ip=latest.ip, fingerprint=fingerprint)

    def _spans(
        self, watched: MonitorTarget, observation: Observation, before: State
    ) -> tuple[Span, ...]:
        """Say how the time since the check before counts."""
        last, now = self._checked.get(watched.key), observation.at
        if last is None:
            return ()
        return spans(
            last,
            now,
            before.condition,
            self._longest(watched, last),
            self._calendar.announced(watched.windows, last, now),
            seen=observation.health is not Health.UNKNOWN,
        )

    def _fresh(self, watched: MonitorTarget, state: State, observation: Observation) -> State:
        """Forget checks in a row that nobody would call so: nobody looked for long in between."""
        last = self._checked.get(watched.key)
        if last is None or not (state.bad or state.good or state.far):
            return state
        if observation.at - last <= _STALE * self._longest(watched, last):
            return state
        return replace(state, bad=0, good=0, far=0)

    def _longest(self, watched: MonitorTarget, last: float) -> float:
        """For how long after a check a target is held to be as it was: one may be missed."""
        timing = watched.timing
        if isinstance(timing, Interval):
            return 2 * timing.seconds + self._timeout
        coming = next_slot(watched.key, timing, next_slot(watched.key, timing, last))
        return coming - last + self._timeout

    def _view(self, watched: MonitorTarget, now: float) -> TargetView:
        key = watched.key
        window = self._calendar.window_at(watched.windows, now)
        return TargetView(
            watched,
            self._states.get(key, NEW),
            self._latest.get(key),
            self.desk.incident_of(key),
            self.desk.is_silenced(watched, now),
            "" if window is None else window.name,
        )
