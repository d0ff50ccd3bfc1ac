"""What is kept for how long, and what gives way when there is no room."""

import random
from dataclasses import replace
from pathlib import Path

import pytest

from fetcher.monitor.commit import CheckRecord, Commit, Missed, MissedReason
from fetcher.monitor.conditions.uptime import Uptime
from fetcher.monitor.history import HistoryReader, LoadedState
from fetcher.monitor.incident import DeliveryStatus, Silence
from fetcher.monitor.plan import MonitorSettings
from fetcher.monitor.target_state import Condition, State
from tests.monitor.history.making import (
    DAY,
    FAILED,
    HEALTHY,
    HOUR,
    NAME,
    NOON,
    incident,
    member,
    message,
    opened,
    record,
    watched,
)

SETTINGS = MonitorSettings(
    keep_checks=6 * HOUR, keep_minutes=DAY, keep_hours=5 * DAY, keep_days=20 * DAY
)
UP = State(Condition.UP, NOON)


async def test_each_level_is_kept_for_its_time(tmp_path: Path) -> None:
    """To the hour; and each goes as far as it says."""
    async with opened(tmp_path, SETTINGS) as store:
        for hour in range(25 * 24):
            start = NOON + hour * HOUR
            records = [watched("a", start + n * 900, start + n * 900 + 900) for n in range(4)]
            await store.write(Commit(records=tuple(records)))
            await store.maintain(start + HOUR)
    end = NOON + 25 * DAY
    reader = HistoryReader(str(tmp_path / NAME))
    assert reader.checks("a", 0, end + 1, 10_000)[-1].at == end - 6 * HOUR
    for seconds, kept in ((60, DAY), (3600, 5 * DAY), (86400, 20 * DAY)):
        first = reader.rolled("a", 0, end, seconds)[0]
        assert first.start == (end - kept) // seconds * seconds
    reader.close()


async def test_what_is_over_goes_and_what_lasts_stays(tmp_path: Path) -> None:
    """Incidents, messages, silences, failures, missed checks, and targets that are not checked."""
    old = Commit(
        records=(watched("gone", NOON - 9, NOON, like=FAILED),),
        states={"gone": UP, "yearly": UP, "a": UP},
        incidents=(incident(1, member("a"), closed=NOON + 9), incident(2, member("a"))),
        messages=(
            replace(message(1), status=DeliveryStatus.SENT),
            message(2, "hook"),
            replace(message(2), status=DeliveryStatus.GIVEN_UP),
        ),
        missed=(Missed("a", NOON, 3, MissedReason.LATE),),
        silences=(Silence("over", "*", NOON + 60), Silence("lasts", "*", NOON + 900 * DAY)),
    )
    now = NOON + 401 * DAY
    new = watched("a", now - 60, now)
    rare = record("yearly", now - 360 * DAY)
    async with opened(tmp_path, SETTINGS) as store:
        await store.write(old)
        await store.write(Commit(records=(rare, new)))
        await store.maintain(now)
        loaded = store.load()
    assert loaded == LoadedState(
        states={"yearly": UP, "a": UP},
        latest={"yearly": rare.observation, "a": new.observation},
        checked={"yearly": now - 360 * DAY, "a": now},
        incidents=old.incidents[1:],
        messages=old.messages[1:2],
        silences=old.silences[1:],
    )
    reader = HistoryReader(str(tmp_path / NAME))
    assert reader.targets() == ["a", "yearly"]
    assert [each.id for each in reader.incidents()] == [old.incidents[1].id]
    assert reader.messages() == [old.messages[1]]
    assert reader.failures(None, 0, now) == []
    assert reader.missed(None, 0) == {}
    reader.close()


async def test_a_target_that_comes_back(tmp_path: Path) -> None:
    """It begins anew, and nothing of it is mixed up with another's."""
    later = NOON + 401 * DAY
    async with opened(tmp_path, SETTINGS) as store:
        await store.write(Commit(records=(watched("a", NOON - 9, NOON, like=FAILED),)))
        await store.maintain(later)
        await store.write(Commit(records=(watched("b", later - 60, later),)))
        await store.write(Commit(records=(watched("a", later - 50, later, like=FAILED),)))
    reader = HistoryReader(str(tmp_path / NAME))
    assert reader.uptime("a", later - DAY, later + 1) == Uptime(down=50)
    assert reader.uptime("b", later - DAY, later + 1) == Uptime(up=60)
    (streak,) = reader.failures("a", 0, later + 1)
    assert (streak.first, streak.checks) == (later, 1)
    reader.close()


async def test_words_outlive_their_checks_no_longer_than_needed(tmp_path: Path) -> None:
    """They go with the last check that says them, and come back when one says them again."""
    async with opened(tmp_path, SETTINGS) as store:
        for day in (0, 1, 9):
            at = NOON + day * DAY
            for n in range(3):
                said = replace(FAILED, text=f"words of day {day}" if n else "the same")
                checked = watched("a", at + n - 1, at + n, like=said)
                await store.write(Commit(records=(checked,)))
            await store.maintain(at + 3 * HOUR)
        count = "SELECT count(*) FROM texts"
        assert store._file.execute(count).fetchone() == (2,)
    reader = HistoryReader(str(tmp_path / NAME))
    checks = reader.checks("a", 0, NOON + 10 * DAY, 9)
    assert [check.text for check in checks] == [*["words of day 9"] * 2, "the same"]
    reader.close()


MAX_SIZE = 2_500_000
COUNT = 32
EVERY = 60
DAYS = 4


def check(key: str, at: float) -> CheckRecord:
    """A check that fails once an hour."""
    return watched(key, at, at + EVERY, like=FAILED if at % HOUR < EVERY else HEALTHY)


async def test_the_size_has_a_bound(tmp_path: Path) -> None:
    """The oldest and finest give way; states, open incidents and the sums of days do not."""
    settings = MonitorSettings(max_size=MAX_SIZE)
    keys = [f"https://example.org/{number}" for number in range(COUNT)]
    largest = 0
    async with opened(tmp_path, settings) as store:
        commit = Commit(
            states=dict.fromkeys(keys, UP),
            incidents=(incident(1, *map(member, keys)),),
            messages=(message(1),),
        )
        await store.write(commit)
        for start in range(int(NOON), int(NOON + DAYS * DAY), 600):
            times = range(start, start + 600, EVERY)
            await store.write(
                Commit(records=tuple([check(key, at) for at in times for key in keys]))
            )
            await store.maintain(start + 600)
            largest = max(largest, store.size())
        loaded = store.load()
    end = NOON + DAYS * DAY
    assert MAX_SIZE * 0.7 < largest <= MAX_SIZE
    assert dict(loaded.states) == commit.states
    assert (loaded.incidents, loaded.messages) == (commit.incidents, commit.messages)
    assert set(loaded.checked.values()) == {end}
    reader = HistoryReader(str(tmp_path / NAME))
    # Checks that lie within the last hour are the last to go.
    assert len(reader.checks(keys[0], end - HOUR + 1, end + 1, 1000)) == 60
    assert len(reader.checks(keys[0], NOON, NOON + DAY, 1000)) == 0
    for key in (keys[0], keys[-1]):
        days = reader.days([key], NOON, end)[key]
        assert sum((day.uptime for day in days), Uptime()) == Uptime(
            up=DAYS * (DAY - 24 * EVERY), down=DAYS * 24 * EVERY
        )
        assert sum(each.checks for each in reader.failures(key, NOON, end)) == DAYS * 24
    reader.close()


async def test_the_hour_that_is_not_over_gives_way_too(tmp_path: Path) -> None:
    """When not even one hour of checks has room: its sums are kept all the same."""
    settings = MonitorSettings(max_size=1_200_000)
    keys = [f"t{number}" for number in range(100)]
    largest = 0
    async with opened(tmp_path, settings) as store:
        for start in range(int(NOON), int(NOON + HOUR), 60):
            times = range(start, start + 60, 10)
            records = [watched(key, at, at + 10) for at in times for key in keys]
            await store.write(Commit(records=tuple(records)))
            await store.maintain(start + 60)
            largest = max(largest, store.size())
    assert largest <= settings.max_size
    reader = HistoryReader(str(tmp_path / NAME))
    end = NOON + HOUR + 1
    assert 0 < len(reader.checks("t0", NOON, end, 1000)) < 360
    assert sum(each.checks for each in reader.rolled("t0", NOON, end, 3600)) == 360
    assert reader.uptime("t0", NOON, end) == Uptime(up=HOUR)
    reader.close()


@pytest.mark.parametrize("every", [1, 2])
async def test_words_give_way_before_figures(tmp_path: Path, every: int) -> None:
    """Where each failure is told in other words; also where each check that fails is one.

    every: which of the checks fail. What goes on is not forgotten, however old it is.
    """
    settings = MonitorSettings(max_size=1_500_000)
    keys = [f"t{number}" for number in range(20)]
    rng = random.Random(1)
    largest = 0
    async with opened(tmp_path, settings) as store:
        for start in range(int(NOON), int(NOON + 3 * HOUR), 60):
            records = [watched("old", start - 60, start, like=FAILED)]
            for number, at in enumerate(range(start, start + 60, 10)):
                words = [rng.randbytes(100).hex() for _ in keys]
                records += [
                    watched(key, at, at + 10, like=HEALTHY if number % every else each)
                    for key, text in zip(keys, words, strict=True)
                    for each in [replace(FAILED, text=text)]
                ]
            await store.write(Commit(records=tuple(records)))
            await store.maintain(start + 60)
            largest = max(largest, store.size())
    assert largest <= settings.max_size
    reader = HistoryReader(str(tmp_path / NAME))
    end = NOON + 3 * HOUR + 1
    assert len(reader.checks("t0", NOON, end, 5000)) > 360
    [old] = reader.failures("old", 0, end)
    assert (old.first, old.checks) == (NOON, 180)
    latest = reader.checks("t0", NOON, end, 3)
    assert any(check.text for check in latest)
    reader.close()


async def test_what_was_rolled_up_only_is_dropped_later(tmp_path: Path) -> None:
    """The process ended between the two, in the middle of an hour, and nothing came after that."""
    async with opened(tmp_path) as store:
        records = [watched("a", NOON + 60 * n, NOON + 60 * n + 60) for n in range(20)]
        await store.write(Commit(records=tuple(records)))
        retention, noon = store._upkeep._retention, int(NOON * 1000)
        with store._writer.transaction():
            assert retention.roll(0, noon + 30 * 60_000) == 20
        with store._writer.transaction():
            assert retention.drop(0, noon + 45 * 60_000) == 20
        # What is of that time and comes now is counted everywhere, too.
        await store.write(Commit(records=(record("a", NOON + 40 * 60),)))
    reader = HistoryReader(str(tmp_path / NAME))
    for seconds in (60, 3600, 86400):
        assert sum(b.checks for b in reader.rolled("a", NOON, NOON + HOUR, seconds)) == 21
    reader.close()


async def test_a_smaller_bound_makes_the_file_smaller(tmp_path: Path) -> None:
    """When the configuration says so later."""
    keys = [f"t{number}" for number in range(200)]
    async with opened(tmp_path) as store:
        for minute in range(200):
            at = NOON + 60 * minute
            records = tuple([watched(key, at, at + 60) for key in keys])
            await store.write(Commit(records=records))
        before = store.size()
    smaller = MonitorSettings(max_size=1_000_000)
    assert before > 2 * smaller.max_size
    async with opened(tmp_path, smaller) as store:
        for second in range(0, 300, 10):
            await store.maintain(NOON + DAY + second)
        assert store.size() <= smaller.max_size
        assert len(store.load().latest) == len(keys)


@pytest.mark.parametrize("minutes", [60, 240])
async def test_long_after_the_last_run(tmp_path: Path, minutes: int) -> None:
    """What was not rolled up then is now; what is too old by now goes, but for the days."""
    async with opened(tmp_path, SETTINGS) as store:
        for minute in range(minutes):
            at = NOON + 60 * minute
            await store.write(Commit(records=(watched("a", at, at + 60),)))
    later = NOON + 15 * DAY
    async with opened(tmp_path, SETTINGS, later) as store:
        await store.maintain(later)
    reader = HistoryReader(str(tmp_path / NAME))
    assert reader.checks("a", 0, later, 9) == []
    assert reader.rolled("a", 0, later, 3600) == []
    assert sum(each.checks for each in reader.rolled("a", 0, later, 86400)) == minutes
    assert reader.uptime("a", NOON, later) == Uptime(up=60.0 * minutes)
    reader.close()
