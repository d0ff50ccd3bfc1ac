"""Where the state tracker meets the event loop: nothing taken to be written gets lost."""

import asyncio
import random
from contextlib import suppress
from pathlib import Path
from typing import cast

import pytest

from fetcher.monitor.commit import Commit
from fetcher.monitor.commit_loop import CommitLoop
from fetcher.monitor.history import HistoryReader, HistoryStore, LoadedState, StoreError
from fetcher.monitor.incident import About
from fetcher.monitor.incidents import IncidentIds, channel_failing
from fetcher.monitor.monitor import Monitor
from fetcher.monitor.plan import Plan
from fetcher.monitor.punctuality import Clock
from fetcher.monitor.state_tracker import StateTracker
from tests.monitor.history.making import NOON, opened
from tests.monitor.quiet_events import QuietEvents

SILENCED = "https://example.org/*"


class Sending(QuietEvents):
    """Settles before a commit, and keeps what is on disk after it."""

    def __init__(self, tracker: StateTracker) -> None:
        self.sent: list[Commit] = []
        self._tracker = tracker

    def committing(self, now: float) -> None:
        """Make incidents and messages."""
        self._tracker.settle(now)

    def committed(self, commit: Commit) -> None:
        """Keep it."""
        self.sent.append(commit)


class SlowStore:
    """Writes when it is let; answers: whether that succeeds, in turn."""

    def __init__(self, *answers: bool) -> None:
        self.written: list[Commit] = []
        self.writing = asyncio.Event()
        self.may_go_on = asyncio.Event()
        self._answers = list(answers)

    async def write(self, commit: Commit) -> None:
        """Write a commit, or fail to."""
        self.writing.set()
        await self.may_go_on.wait()
        if not self._answers.pop(0):
            raise StoreError("the disk is full")
        self.written.append(commit)


@pytest.mark.parametrize("succeeds", [True, False])
async def test_one_who_waits_for_a_commit_may_give_up(succeeds: bool) -> None:
    """What is written is sent, and what is not is written the next time."""
    store = SlowStore(succeeds, True)
    tracker = StateTracker(LoadedState(), [], 10.0, IncidentIds(random.Random(1)), NOON)
    clock = Clock(lambda: NOON)
    events = Sending(tracker)
    commit_loop = CommitLoop(tracker, cast(HistoryStore, store), clock, events)
    tracker.incidents.silence(SILENCED, NOON + 60.0, "someone", "", NOON)
    impatient = asyncio.create_task(commit_loop.commit())
    await store.writing.wait()
    impatient.cancel()
    with suppress(asyncio.CancelledError):
        await impatient
    store.may_go_on.set()
    await commit_loop.commit()
    assert [silence.pattern for commit in events.sent for silence in commit.silences] == [SILENCED]
    assert events.sent == store.written


class BrokenStore:
    """Meets a defect the first time."""

    def __init__(self) -> None:
        self.written: list[Commit] = []
        self._defects = [ValueError("a defect")]

    async def write(self, commit: Commit) -> None:
        """Write a commit, or fail as nobody foresaw."""
        if self._defects:
            raise self._defects.pop()
        self.written.append(commit)


async def test_a_defect_loses_no_commit() -> None:
    """It is raised, and what should have been written is written the next time."""
    store = BrokenStore()
    tracker = StateTracker(LoadedState(), [], 10.0, IncidentIds(random.Random(1)), NOON)
    clock = Clock(lambda: NOON)
    events = Sending(tracker)
    commit_loop = CommitLoop(tracker, cast(HistoryStore, store), clock, events)
    tracker.incidents.silence(SILENCED, NOON + 60.0, "someone", "", NOON)
    with pytest.raises(ValueError, match="a defect"):
        await commit_loop.commit()
    await commit_loop.commit()
    assert [silence.pattern for commit in events.sent for silence in commit.silences] == [SILENCED]
    assert events.sent == store.written


async def test_a_channel_that_is_gone_is_not_failing(tmp_path: Path) -> None:
    """It was taken out of the configuration while no monitor ran: that trouble is over."""
    async with opened(tmp_path) as store:
        failing = channel_failing("1", NOON, NOON, "old", "no route", ["old", "new"])
        await store.write(Commit(incidents=(failing,)))
        reader = HistoryReader(str(tmp_path / "monitor.db"))
        try:
            monitor = Monitor(Plan(()), store, reader, {}, clock=Clock(lambda: NOON + 60.0))
            assert [i for i in monitor.incidents() if i.about is About.CHANNEL] == []
            await monitor.replan(Plan(()), {})
            kept = reader.incident("1")
            assert kept is not None
            assert kept.closed == NOON + 60.0
        finally:
            reader.close()
