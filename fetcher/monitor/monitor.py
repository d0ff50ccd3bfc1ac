"""A monitor that runs: checks go out, what they find comes in, and what follows is committed.

checking ─► looking ─► core ─► store ─► deliverer
(asks)      (believes) (what    (writes) (tells)
                        follows)
"""

import asyncio
import logging
import random
from collections.abc import Mapping, Sequence

from fetcher.monitor.check_runner import CheckRunner, PlannedCheck
from fetcher.monitor.commit import Commit
from fetcher.monitor.commit_loop import CommitLoop
from fetcher.monitor.delivery.deliverer import Deliverer
from fetcher.monitor.evaluator import Evaluator
from fetcher.monitor.history import HistoryReader, HistoryStore
from fetcher.monitor.incident import DeliveryStatus, Incident, Silence
from fetcher.monitor.incidents import Identifiers
from fetcher.monitor.live_view import Query, SearchResult, TargetView, Vitals
from fetcher.monitor.notice_composer import NoticeComposer, resumed
from fetcher.monitor.plan import Plan, Timing
from fetcher.monitor.punctuality import Clock, Punctuality
from fetcher.monitor.schedule import Schedule
from fetcher.monitor.self_incidents import OwnTroubles
from fetcher.monitor.state_tracker import StateTracker
from fetcher.monitor.target_state import Condition, Observation
from fetcher.notify.channel import Channel

_log = logging.getLogger(__name__)

_GRACE = 10.0
"""Seconds that checks and deliveries under way have at the end."""


class Monitor:
    """Watches the targets of a plan; `live.Live` is what it shows of itself.

    store: opened, and not used by anyone else. reader: of the same database. channels: by name.
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
        self._clock = clock or Clock()
        rng = rng or random.Random()
        now = self._clock.wall()
        loaded = store.load()
        self._plan = plan
        self._store = store
        self._pulse = Punctuality(now)
        self._core = StateTracker(loaded, plan.targets, plan.fetch.timeout, Identifiers(rng), now)
        self._schedule = Schedule(now, self._clock.monotonic())
        self._schedule.replace(_timings(plan), now, self._core.checked)
        self._checking = CheckRunner(self._schedule, self._core.watched, plan.fetch, self._clock)
        self._looking = Evaluator(plan, self._clock, self._seen)
        self._own = OwnTroubles(self._core, Identifiers(rng), loaded.incidents)
        self._composing = NoticeComposer(plan, self._core.desk, reader)
        self._deliverer = Deliverer(
            channels,
            lambda messages: self._composing.notice(messages, self._clock.wall()),
            store.write,
            plan.monitor,
            self._clock.wall,
            rng,
            on_failing=self._failing,
            on_mended=self._mended,
            failing_since=self._own.failing_since,
        )
        self._deliverer.add(resumed(loaded, reader, now - plan.monitor.digest_every))
        # What was taken out of the configuration meanwhile will never deliver again.
        for name in self._own.failing_since.keys() - channels.keys():
            self._own.channel_mended(name, now)
        self._committing = CommitLoop(self._core, store, self._clock, self._settle, self._send)
        self._reloaded: float | None = None
        self._reload_error = ""
        self._ready = False
        self._aborted = asyncio.Event()

    async def run(self) -> None:
        """Watch until `stop`; then finish what is under way, and commit it.

        Raises what nothing can be done about: a defect, or `Unrecoverable`.
        """
        async with asyncio.TaskGroup() as tasks:
            passing = [
                tasks.create_task(self._looking.run()),
                tasks.create_task(self._committing.maintain()),
            ]
            tasks.create_task(self._committing.run())
            tasks.create_task(self._deliverer.run())
            self._ready = True
            async for check, result in self._checking.results():
                self._looking.answered(check, result)
            for task in passing:
                task.cancel()
            self._looking.drain("the monitor was stopped")
            self._committing.stop()
            await self._end_deliveries()
        await self._committing.commit()

    def stop(self) -> None:
        """Begin no more checks; those under way have ten seconds."""
        self._ready = False
        self._checking.stop()
        asyncio.get_running_loop().call_later(_GRACE, self._checking.abort)

    def abort(self) -> None:
        """Give up what is under way too."""
        self._ready = False
        self._checking.abort()
        self._aborted.set()

    async def replan(self, plan: Plan, channels: Mapping[str, Channel]) -> None:
        """Go on by another plan; what is under way counts by the one before.

        The database stays the same, whatever the new plan says.
        """
        now = self._clock.wall()
        before, self._plan = self._plan, plan
        self._core.plan(plan.targets, plan.fetch.timeout, now)
        self._schedule.replace(_timings(plan), now)
        self._looking.replan(plan)
        self._composing.plan = plan
        self._deliverer.replace_channels(channels, plan.monitor)
        if plan.fetch != before.fetch:
            self._checking.restart(plan.fetch)
        self._checking.wake()
        self._reloaded, self._reload_error = now, ""
        await self._committing.commit()

    def refuse(self, why: str) -> None:
        """Note why the latest configuration was not taken."""
        self._reload_error = why

    @property
    def plan(self) -> Plan:
        """The configuration that is in force."""
        return self._plan

    def counts(self) -> Mapping[Condition, int]:
        """How many targets are in each condition."""
        return self._core.board.counts()

    def groups(self) -> Mapping[str, Mapping[Condition, int]]:
        """The same for each group of targets."""
        return self._core.board.groups()

    def find(self, query: Query) -> SearchResult:
        """Find targets, worst first."""
        return self._core.board.find(query)

    def get(self, key: str) -> TargetView | None:
        """Give one target."""
        return self._core.board.get(key)

    def incidents(self) -> Sequence[Incident]:
        """The incidents that last, latest first."""
        return list(reversed(self._core.desk.open))

    def silences(self) -> Sequence[Silence]:
        """The silences that last."""
        return self._core.desk.silences

    def vitals(self) -> Vitals:
        """How the monitor itself is."""
        now, blind = self._clock.wall(), self._looking.blind
        return Vitals(
            started=self._pulse.started,
            now=now,
            running=self._schedule.running,
            checks=self._pulse.checks,
            late=self._pulse.late,
            lag=self._pulse.lag(now),
            missed=dict(self._pulse.missed),
            loop_lag=self._looking.loop_lag,
            outbox=self._deliverer.waiting,
            failing=self._deliverer.failing,
            sent=self._deliverer.sent,
            blind_since=None if blind is None else now - self._looking.ago(blind.since),
            blind_why="" if blind is None else blind.why,
            database_error=self._committing.error,
            database_bytes=self._store.size(),
            reloaded=self._reloaded,
            reload_error=self._reload_error,
            ready=self._ready and not self._committing.error,
        )

    async def acknowledge(self, incident: str, by: str) -> bool:
        """Note that someone knows of an incident."""
        found = self._core.desk.acknowledge(incident, self._clock.wall(), by)
        await self._committing.commit()
        return found is not None

    async def silence(self, pattern: str, until: float, by: str, why: str = "") -> Silence:
        """Tell nobody of targets that fit a pattern, until then."""
        now = self._clock.wall()
        made = self._core.desk.silence(pattern, until, by, why, now)
        self._core.refresh(now)
        await self._committing.commit()
        return made

    async def unsilence(self, silence: str) -> bool:
        """End a silence."""
        now = self._clock.wall()
        ended = self._core.desk.unsilence(silence, now)
        self._core.refresh(now)
        await self._committing.commit()
        return ended

    def _seen(self, check: PlannedCheck, observation: Observation) -> None:
        """Take what a check has found, once that is believed or not."""
        now = self._clock.wall()
        self._schedule.finished(check.watched.key)
        self._pulse.checked(observation.at - check.due, now)
        # The target may have been configured otherwise meanwhile.
        watched = self._core.watched.get(check.watched.key)
        if watched is not None:
            self._core.observe(watched, observation, now)

    def _settle(self, now: float) -> None:
        """Bring together what has happened, before it is written."""
        self._core.settle(now)
        self._own.see(self._looking, self._plan, now)
        self._count_missed()
        self._tell_news()

    def _send(self, commit: Commit) -> None:
        """Send messages that are written."""
        self._deliverer.add([m for m in commit.messages if m.fate is DeliveryStatus.WAITING])

    async def _end_deliveries(self) -> None:
        """Let those under way finish, unless someone is in a hurry: they are made again then."""
        closing = asyncio.create_task(self._deliverer.aclose(_GRACE))
        hurry = asyncio.create_task(self._aborted.wait())
        await asyncio.wait([closing, hurry], return_when=asyncio.FIRST_COMPLETED)
        hurry.cancel()
        if not closing.done():
            await self._deliverer.aclose(0.0)
        await closing

    def _count_missed(self) -> None:
        missed = self._schedule.take_missed()
        self._pulse.skipped(missed)
        self._core.missed(missed)

    def _tell_news(self) -> None:
        """Log what incidents have come, and which are over."""
        news, self._core.news = self._core.news, []
        for incident in news:
            facts = {
                "incident": incident.id,
                "condition": incident.condition.value,
                "trouble": incident.trouble,
                "targets": len(incident.ill),
                "told": incident.told_at is not None,
                "text": incident.text,
            }
            _log.info("incident" if incident.open else "incident over", facts)

    def _failing(self, channel: str, error: str, since: float) -> None:
        _log.warning("channel does not deliver", {"channel": channel, "error": error})
        names = [settings.name for settings in self._plan.channels]
        self._own.channel_failing(channel, error, since, names, self._clock.wall())

    def _mended(self, channel: str) -> None:
        _log.info("channel delivers again", {"channel": channel})
        self._own.channel_mended(channel, self._clock.wall())


def _timings(plan: Plan) -> list[tuple[str, Timing]]:
    return [(watched.key, watched.timing) for watched in plan.targets]
