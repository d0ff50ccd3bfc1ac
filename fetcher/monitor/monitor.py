"""A running monitor: what happens to a check, from the schedule to the alert.

1. The schedule says which target is due (schedule/schedule.py).
2. The check runner fetches it (check_runner.py).
3. The evaluator judges the result, and holds a failure back while the monitor's own connectivity
   is in doubt (evaluator.py).
4. The state tracker updates the target's state (state_tracker.py).
5. The incident manager opens, updates or closes an incident and plans the messages about it
   (incident_manager.py).
6. The commit loop writes check, state, incident and messages in one transaction (commit_loop.py).
7. The deliverer sends the messages (delivery/deliverer.py); the notice composer makes their text
   (notice_composer.py).

Each part reports what it has done as one of the `Events` (events.py), and `Monitor` passes it on to
the next.
"""

import asyncio
import logging
import random
from collections.abc import Mapping, Sequence

from fetcher.model import Result
from fetcher.monitor.check_runner import CheckRunner
from fetcher.monitor.commit import Commit
from fetcher.monitor.commit_loop import CommitLoop
from fetcher.monitor.delivery.deliverer import Deliverer
from fetcher.monitor.evaluator import Evaluator
from fetcher.monitor.events import Events, PlannedCheck
from fetcher.monitor.history import HistoryReader, HistoryStore
from fetcher.monitor.incident import DeliveryStatus, Incident, Silence
from fetcher.monitor.incidents import IncidentIds
from fetcher.monitor.live_view import Query, SearchResult, TargetView, Vitals
from fetcher.monitor.notice_composer import NoticeComposer, messages_to_resume
from fetcher.monitor.plan import Plan, Timing
from fetcher.monitor.punctuality import Clock, Punctuality
from fetcher.monitor.schedule import Schedule
from fetcher.monitor.self_incidents import SelfIncidents
from fetcher.monitor.state_tracker import StateTracker
from fetcher.monitor.target_state import Condition, Observation
from fetcher.notify.channel import Channel

_log = logging.getLogger(__name__)

_GRACE = 10.0
"""Seconds that checks and deliveries in progress get to finish when the monitor stops."""


class Monitor(Events):
    """Monitors the targets of a plan; to its status page it is a `live_view.Live`.

    Args:
        plan: The configuration.
        store: Opened, and used by nobody else.
        reader: Reads the same database.
        channels: By name; from now on they are closed here.
    """

    def __init__(
        self,
        plan: Plan,
        store: HistoryStore,
        reader: HistoryReader,
        channels: Mapping[str, Channel],
        *,
        clock: Clock | None = None,
        rng: random.Random | None = None,
    ) -> None:
        self._clock = clock = clock or Clock()
        rng = rng or random.Random()
        now = clock.wall()
        new_id = IncidentIds(rng)
        loaded = store.load()
        self._plan = plan
        self._store = store

        self._tracker = StateTracker(loaded, plan.targets, plan.fetch.timeout, new_id, now)
        self._incidents = self._tracker.incidents
        self._self_incidents = SelfIncidents(self._tracker, new_id, loaded.incidents)

        self._schedule = Schedule(now, clock.monotonic())
        self._schedule.replace(_timings(plan), now, self._tracker.last_checked)
        self._check_runner = CheckRunner(
            self._schedule, self._tracker.targets, plan.fetch, clock, events=self
        )
        self._evaluator = Evaluator(plan, clock, events=self)
        self._commit_loop = CommitLoop(self._tracker, store, clock, events=self)
        self._composer = NoticeComposer(plan, self._incidents, reader)
        self._deliverer = Deliverer(
            channels,
            self._composer,
            store,
            plan.monitor,
            clock,
            rng,
            events=self,
            failing_since=self._self_incidents.failing_since,
        )
        self._deliverer.add(messages_to_resume(loaded, reader, now - plan.monitor.digest_every))
        self._self_incidents.drop_channels_except(channels, now)

        self._punctuality = Punctuality(now)
        self._reloaded: float | None = None
        self._reload_error = ""
        self._ready = False
        self._aborted = asyncio.Event()

    async def run(self) -> None:
        """Monitor until `stop`; then finish what is in progress, and commit it.

        Raises what cannot be handled: a defect, or `Unrecoverable`.
        """
        async with asyncio.TaskGroup() as tasks:
            until_stopped = [
                tasks.create_task(self._evaluator.run()),
                tasks.create_task(self._commit_loop.maintain()),
            ]
            tasks.create_task(self._commit_loop.run())
            tasks.create_task(self._deliverer.run())
            self._ready = True
            await self._check_runner.run()
            for task in until_stopped:
                task.cancel()
            self._evaluator.drain("the monitor was stopped")
            self._commit_loop.stop()
            await self._finish_deliveries()
        await self._commit_loop.commit()

    # What happens to a check: the events, in their order.

    def check_finished(self, check: PlannedCheck, result: Result) -> None:
        """After step 2: let the evaluator judge the result."""
        self._evaluator.evaluate(check, result)

    def observed(self, check: PlannedCheck, observation: Observation) -> None:
        """After step 3: let the state tracker update the target's state."""
        now = self._clock.wall()
        self._schedule.finished(check.target.key)
        self._punctuality.record(observation.at - check.due, now)
        # The target may have been reconfigured or removed since the check began.
        target = self._tracker.targets.get(check.target.key)
        if target is not None:
            self._tracker.observe(target, observation, now)

    def committing(self, now: float) -> None:
        """Before step 6: let the incident manager turn changes into incidents and messages (5)."""
        self._tracker.settle(now)
        self._self_incidents.update_connectivity(self._evaluator, self._plan, now)
        missed = self._schedule.take_missed()
        self._punctuality.record_missed(missed)
        self._tracker.add_missed(missed)
        for incident in self._tracker.take_news():
            _log_incident(incident)

    def committed(self, commit: Commit) -> None:
        """After step 6: let the deliverer send the messages that are on disk now."""
        self._deliverer.add([m for m in commit.messages if m.status is DeliveryStatus.WAITING])

    def channel_failing(self, channel: str, error: str, since: float) -> None:
        """In step 7: open an incident about a channel, which the other channels report."""
        _log.warning("channel failing", {"channel": channel, "error": error})
        names = [settings.name for settings in self._plan.channels]
        self._self_incidents.channel_failing(channel, error, since, names, self._clock.wall())

    def channel_recovered(self, channel: str) -> None:
        """In step 7: close the incident about a channel."""
        _log.info("channel recovered", {"channel": channel})
        self._self_incidents.channel_recovered(channel, self._clock.wall())

    # What the daemon and the status page ask of it.

    def stop(self) -> None:
        """Start no more checks; those in progress have ten seconds."""
        self._ready = False
        self._check_runner.stop()
        asyncio.get_running_loop().call_later(_GRACE, self._check_runner.abort)

    def abort(self) -> None:
        """Give up what is in progress too."""
        self._ready = False
        self._check_runner.abort()
        self._aborted.set()

    async def replan(self, plan: Plan, channels: Mapping[str, Channel]) -> None:
        """Continue with another plan; checks in progress count under the previous one.

        The database stays the same, whatever the new plan says.
        """
        now = self._clock.wall()
        before, self._plan = self._plan, plan
        self._tracker.replan(plan.targets, plan.fetch.timeout, now)
        self._schedule.replace(_timings(plan), now)
        self._evaluator.replan(plan)
        self._composer.plan = plan
        self._deliverer.replace_channels(channels, plan.monitor)
        if plan.fetch != before.fetch:
            self._check_runner.restart(plan.fetch)
        self._check_runner.wake()
        self._reloaded, self._reload_error = now, ""
        await self._commit_loop.commit()

    def refuse(self, why: str) -> None:
        """Record why the latest configuration was rejected."""
        self._reload_error = why

    async def acknowledge(self, incident: str, by: str) -> bool:
        """Acknowledge an open incident; return True if there was one with this id."""
        found = self._incidents.acknowledge(incident, self._clock.wall(), by)
        await self._commit_loop.commit()
        return found is not None

    async def silence(self, pattern: str, until: float, by: str, why: str = "") -> Silence:
        """Mute alerts for matching targets until then."""
        now = self._clock.wall()
        silence = self._incidents.silence(pattern, until, by, why, now)
        self._tracker.refresh(now)
        await self._commit_loop.commit()
        return silence

    async def unsilence(self, silence: str) -> bool:
        """End a silence; return True if there was one with this id."""
        now = self._clock.wall()
        ended = self._incidents.unsilence(silence, now)
        self._tracker.refresh(now)
        await self._commit_loop.commit()
        return ended

    @property
    def plan(self) -> Plan:
        """The configuration in force."""
        return self._plan

    def counts(self) -> Mapping[Condition, int]:
        """Return the number of targets in each condition."""
        return self._tracker.index.counts()

    def groups(self) -> Mapping[str, Mapping[Condition, int]]:
        """Return the same for each group of targets."""
        return self._tracker.index.groups()

    def find(self, query: Query) -> SearchResult:
        """Find targets, worst first."""
        return self._tracker.index.find(query)

    def get(self, key: str) -> TargetView | None:
        """Return one target."""
        return self._tracker.index.get(key)

    def incidents(self) -> Sequence[Incident]:
        """Return the open incidents, latest first."""
        return list(reversed(self._incidents.open))

    def silences(self) -> Sequence[Silence]:
        """Return the silences in force."""
        return self._incidents.silences

    def vitals(self) -> Vitals:
        """Return how the monitor itself is doing."""
        now, offline = self._clock.wall(), self._evaluator.offline
        return Vitals(
            started=self._punctuality.started,
            now=now,
            running=self._schedule.running,
            checks=self._punctuality.checks,
            late=self._punctuality.late,
            lag=self._punctuality.lag(now),
            missed=dict(self._punctuality.missed),
            loop_lag=self._evaluator.loop_lag,
            outbox=self._deliverer.waiting,
            failing=self._deliverer.failing,
            sent=self._deliverer.sent,
            offline_since=None if offline is None else now - self._evaluator.ago(offline.since),
            offline_why="" if offline is None else offline.why,
            database_error=self._commit_loop.error,
            database_bytes=self._store.size(),
            reloaded=self._reloaded,
            reload_error=self._reload_error,
            ready=self._ready and not self._commit_loop.error,
        )

    async def _finish_deliveries(self) -> None:
        """Let deliveries in progress finish; on `abort`, leave them to the next start."""
        closing = asyncio.create_task(self._deliverer.aclose(_GRACE))
        aborted = asyncio.create_task(self._aborted.wait())
        await asyncio.wait([closing, aborted], return_when=asyncio.FIRST_COMPLETED)
        aborted.cancel()
        if not closing.done():
            await self._deliverer.aclose(0.0)
        await closing


def _log_incident(incident: Incident) -> None:
    facts = {
        "incident": incident.id,
        "condition": incident.condition.value,
        "trouble": incident.trouble,
        "targets": len(incident.failing),
        "notified": incident.notified_at is not None,
        "text": incident.text,
    }
    _log.info("incident" if incident.open else "incident closed", facts)


def _timings(plan: Plan) -> list[tuple[str, Timing]]:
    return [(target.key, target.timing) for target in plan.targets]
