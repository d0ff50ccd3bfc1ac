"""Roll-ups: whenever they are made, they are the sums of what was written."""

import asyncio
import sqlite3
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fetcher.judgement.verdict import Health
from fetcher.monitor.commit import CheckRecord, Commit
from fetcher.monitor.conditions.uptime import Uptime
from fetcher.monitor.history import Bucket, HistoryReader, StoreError, open_store, retention
from fetcher.monitor.history.rollups import roll_up
from fetcher.monitor.plan import MonitorSettings
from fetcher.monitor.target_state import Span, TimeClass
from tests.monitor.history.making import (
    DAY,
    FAILED,
    HEALTHY,
    HOUR,
    KEPT,
    NAME,
    NOON,
    crash,
    opened,
    record,
    split,
    watched,
)

KEYS = tuple([f"t{number}" for number in range(20)])
"""More than one block of targets."""

SHORT = MonitorSettings(keep_checks=2 * HOUR, keep_minutes=1e9, keep_hours=1e9, keep_days=1e9)

SPELLS = tuple(TimeClass)


@dataclass(frozen=True)
class Checked:
    """A check, so many milliseconds after the one before, and how that time counts."""

    key: str
    after: int
    health: Health
    elapsed: int | None
    spells: tuple[TimeClass, ...]


@dataclass(frozen=True)
class Kept:
    """The clock goes on, and the store rolls up and drops."""

    seconds: int


@dataclass(frozen=True)
class Crashed:
    """The process ends, and another begins."""


MINUTE_TO_DAYS = st.one_of(
    st.integers(1, 200_000), st.integers(1, 7_200_000), st.integers(1, 200_000_000)
)
CHECKED = st.builds(
    Checked,
    st.sampled_from(KEYS),
    MINUTE_TO_DAYS,
    st.sampled_from(Health),
    st.none() | st.integers(1, 10_000_000),
    st.lists(st.sampled_from(SPELLS), min_size=1, max_size=3).map(tuple),
)
ACTIONS = st.lists(
    st.lists(CHECKED, min_size=1, max_size=6)
    | st.builds(Kept, st.integers(0, 100_000))
    | st.just(Crashed()),
    min_size=2,
    max_size=25,
)


@dataclass
class Model:
    """What was written, check by check; times in milliseconds."""

    last: dict[str, int] = field(default_factory=dict)
    counts: Counter[tuple[str, int, Health]] = field(default_factory=Counter)
    elapsed: dict[tuple[str, int], list[int | None]] = field(default_factory=dict)
    seconds: Counter[tuple[str, int, TimeClass]] = field(default_factory=Counter)

    def check(self, checked: Checked) -> CheckRecord:
        """Note a check; give the record of it."""
        before = self.last.get(checked.key)
        at = (round(NOON * 1000) if before is None else before) + checked.after
        self.last[checked.key] = at
        spans = () if before is None else tuple(parts(before, at, checked.spells))
        for span in spans:
            start, end = round(span.start * 1000), round(span.end * 1000)
            self.seconds[checked.key, start // 3_600_000, span.time_class] += end - start
        minute = at // 60_000
        self.counts[checked.key, minute, checked.health] += 1
        self.elapsed.setdefault((checked.key, minute), []).append(checked.elapsed)
        elapsed = None if checked.elapsed is None else checked.elapsed / 1e6
        like = HEALTHY if checked.health is Health.HEALTHY else FAILED
        seen = replace(like, health=checked.health)
        return record(checked.key, at / 1000, *spans, like=seen, elapsed=elapsed)

    def uptime(self, key: str, first_hour: int, last_hour: int) -> Uptime:
        """How the time of some hours counts, the last one not among them."""
        counted = Counter[TimeClass]()
        for (of, hour, time_class), ms in self.seconds.items():
            if of == key and first_hour <= hour < last_hour:
                counted[time_class] += ms
        return Uptime(*(counted[time_class] / 1000 for time_class in SPELLS))

    def buckets(self, key: str, minutes: int) -> list[Bucket]:
        """What checks came to, in stretches of so many minutes."""
        mine = sorted({minute // minutes for of, minute in self.elapsed if of == key})
        return [self.bucket(key, start * minutes, minutes) for start in mine]

    def bucket(self, key: str, start: int, minutes: int) -> Bucket:
        """What the checks of a stretch came to."""
        within = range(start, start + minutes)
        counts = [sum(self.counts[key, minute, of] for minute in within) for of in Health]
        all_times = [ms for minute in within for ms in self.elapsed.get((key, minute), [])]
        times = [ms for ms in all_times if ms is not None]
        figures = (
            (min(times) / 1e6, sum(times) / len(times) / 1e6, max(times) / 1e6)
            if times
            else (None, None, None)
        )
        return Bucket(start * 60.0, minutes * 60.0, sum(counts), *counts, *figures)


def parts(before: int, at: int, spells: Sequence[TimeClass]) -> Iterator[Span]:
    """Divide a time among spells, and each part at full hours."""
    edges = [before + (at - before) * place // len(spells) for place in range(len(spells) + 1)]
    for time_class, start, end in zip(spells, edges, edges[1:], strict=False):
        yield from split(start / 1000, end / 1000, time_class)


async def carry_out(actions: Sequence[object], folder: Path, model: Model) -> None:
    """Do all of it."""
    now = NOON
    store = open_store(str(folder / NAME), SHORT, now)
    for action in actions:
        if isinstance(action, Kept):
            now += action.seconds
            await store.maintain(now)
        elif isinstance(action, Crashed):
            crash(store)
            store = open_store(str(folder / NAME), SHORT, now)
        elif isinstance(action, list):
            # A store does not mind checks that come later than others that began after them.
            await store.write(Commit(records=tuple([model.check(each) for each in action])))
    await store.close()


@settings(max_examples=60)
@given(ACTIONS)
def test_sums_are_those_of_what_was_written(actions: list[object]) -> None:
    """By minute, hour and day, for every target, whenever it was rolled up, and over crashes."""
    model = Model()
    with tempfile.TemporaryDirectory() as name:
        asyncio.run(carry_out(actions, Path(name), model))
        reader = HistoryReader(str(Path(name) / NAME))
        end = max([round(NOON * 1000), *model.last.values()]) / 1000 + 1
        days = reader.days(KEYS, NOON, end)
        for key in KEYS:
            for minutes in (1, 60, 1440):
                found = reader.rolled(key, NOON, end, minutes * 60)
                assert found == model.buckets(key, minutes)
            for day in days[key]:
                hour = round(day.start // HOUR)
                assert day.uptime == model.uptime(key, hour, hour + 24)
            covered = {day.start // DAY for day in days[key]}
            assert covered >= {h // 24 for of, h, _ in model.seconds if of == key}
            middle = round((NOON + end) / 2 // HOUR)
            first = round(NOON // HOUR)
            assert reader.uptime(key, NOON, middle * HOUR) == model.uptime(key, first, middle)
        reader.close()


async def test_a_check_that_comes_late(tmp_path: Path) -> None:
    """Its hour was rolled up, and its minute too: it is added to both, and is the latest check."""
    first = record("a", NOON, like=FAILED)
    late = record("a", NOON + 60, Span(NOON, NOON + 60, TimeClass.DOWN), like=FAILED)
    async with opened(tmp_path, SHORT) as store:
        await store.write(Commit(records=(first,)))
        await store.maintain(NOON + 5 * HOUR)
        await store.write(Commit(records=(late,)))
        assert store.load().latest["a"] == late.observation
    reader = HistoryReader(str(tmp_path / NAME))
    assert reader.checks("a", 0, NOON + DAY, 9) == []
    for seconds in (60, 3600, 86400):
        assert sum(each.unhealthy for each in reader.rolled("a", 0, NOON + DAY, seconds)) == 2
    assert reader.uptime("a", NOON, NOON + HOUR) == Uptime(down=60.0)
    assert [(each.checks, each.last) for each in reader.failures("a", 0, NOON + DAY)] == [
        (2, NOON + 60)
    ]
    reader.close()


async def test_maintaining_does_a_little_at_a_time(tmp_path: Path) -> None:
    """No step takes more than some thousand rows, so no commit waits for long."""
    async with opened(tmp_path, SHORT) as store:
        for second in range(200):
            at = NOON + second
            await store.write(Commit(records=tuple([record(f"t{n}", at) for n in range(100)])))
        steps = []
        while rows := store._upkeep.step(NOON + DAY):
            steps.append(rows)
    assert len(steps) > 3
    assert max(steps) < 16_000


@pytest.mark.parametrize("calls", [1, 2, 3, 4, 5])
async def test_maintaining_that_fails_is_done_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, calls: int
) -> None:
    """Wherever it fails: nothing is counted twice, and nothing is left out."""
    done = 0

    def failing(*arguments: Any) -> None:
        nonlocal done
        done += 1
        if done == calls:
            raise sqlite3.OperationalError("disk I/O error")
        roll_up(*arguments)

    records = [watched(key, NOON, NOON + 60) for key in KEYS]
    async with opened(tmp_path, SHORT) as store:
        await store.write(Commit(records=tuple(records)))
        with monkeypatch.context() as patched:
            patched.setattr(retention, "roll_up", failing)
            with pytest.raises(StoreError, match="disk I/O error"):
                await store.maintain(NOON + 9 * HOUR)
        await store.maintain(NOON + 9 * HOUR)
    reader = HistoryReader(str(tmp_path / NAME))
    for key in KEYS:
        for seconds in (60, 3600, 86400):
            assert [each.checks for each in reader.rolled(key, NOON, NOON + DAY, seconds)] == [1]
        assert reader.uptime(key, NOON, NOON + DAY) == Uptime(up=60)
    reader.close()


@pytest.mark.parametrize("settings", [SHORT, KEPT])
async def test_nothing_to_do(tmp_path: Path, settings: MonitorSettings) -> None:
    """Once all is rolled up, maintaining writes nothing until the next hour."""
    async with opened(tmp_path, settings) as store:
        await store.write(Commit(records=(record("a", NOON),)))
        await store.maintain(NOON + DAY)
        before = store.size()
        for second in range(0, 3000, 10):
            await store.maintain(NOON + DAY + second)
        assert store.size() == before
