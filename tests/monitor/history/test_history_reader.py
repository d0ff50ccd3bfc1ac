"""Reading: the right rows, as coarse as they must be, of one moment."""

import asyncio
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from fetcher.judgement.verdict import Health, Trouble
from fetcher.monitor.commit import Commit
from fetcher.monitor.conditions.uptime import Uptime
from fetcher.monitor.history import CheckRow, HistoryReader, Standing, StoreError
from fetcher.monitor.incident import DeliveryStatus, Silence
from fetcher.monitor.plan import MonitorSettings
from fetcher.monitor.target_state import NEW, Condition, State
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

END = NOON + 400 * DAY


async def written(folder: Path, *commits: Commit) -> HistoryReader:
    """A reader of what was committed."""
    async with opened(folder) as store:
        for commit in commits:
            await store.write(commit)
    return HistoryReader(str(folder / NAME))


async def test_the_latest_checks(tmp_path: Path) -> None:
    """Newest first, of one target, within a time, so many at most."""
    seen = replace(FAILED, trouble=Trouble.TIMEOUT, text="no answer", status=None)
    records = [record("a", NOON + n * 60) for n in range(5)]
    records += [record("a", NOON + 300, like=seen, elapsed=None), record("b", NOON + 300)]
    late = replace(records[2], observation=replace(records[2].observation, due=NOON + 119.75))
    records[2] = late
    reader = await written(tmp_path, Commit(records=tuple(records)))
    checks = reader.checks("a", NOON + 120, NOON + 301, 3)
    assert [check.at - NOON for check in checks] == [300, 240, 180]
    assert checks[0] == CheckRow(
        NOON + 300, NOON + 300, Health.UNHEALTHY, Trouble.TIMEOUT, "no answer", None, None
    )
    (check,) = reader.checks("a", NOON + 120, NOON + 180, 9)
    assert (check.at, check.due, check.elapsed) == (NOON + 120, NOON + 119.75, 0.04)
    assert reader.checks("nobody", 0, END, 9) == []
    reader.close()


async def test_failures_of_the_same_kind_are_one_streak(tmp_path: Path) -> None:
    """Figures in the words do not matter; health, trouble, status, words and good checks do."""
    slow = replace(FAILED, text="took 2.31 s, more than 2 s", health=Health.DEGRADED)
    found = [
        slow,
        replace(slow, text="took 12.4 s, more than 2 s"),
        FAILED,
        FAILED,
        HEALTHY,
        FAILED,
        replace(FAILED, status=500),
    ]
    records = [record("a", NOON + 60 * n, like=each) for n, each in enumerate(found)]
    reader = await written(tmp_path, *(Commit(records=(each,)) for each in records[:2]))
    reader = await written(tmp_path, Commit(records=tuple(records[2:])))
    streaks = [
        (each.first - NOON, each.last - NOON, each.checks, each.text)
        for each in reader.failures("a", 0, END)
    ]
    words = FAILED.text
    assert streaks == [
        (360, 360, 1, words),
        (300, 300, 1, words),
        (120, 180, 2, words),
        (0, 60, 2, slow.text),
    ]
    within = reader.failures(None, NOON + 150, NOON + 301)
    assert [each.first - NOON for each in within] == [300, 120]
    reader.close()


@pytest.mark.parametrize(
    ("span", "points", "seconds"),
    [
        (HOUR, 60, 0),
        (HOUR, 59, 60 * 2),
        (DAY, 1440, 0),
        (DAY, 300, 60 * 5),
        (DAY, 48, 60 * 30),
        (7 * DAY, 300, 3600),
        (30 * DAY, 300, 3 * 3600),
        (90 * DAY, 91, DAY),
        (20 * 365 * DAY, 10, 4 * 364 * DAY),
    ],
)
async def test_a_series_has_no_more_points_than_asked_for(
    tmp_path: Path, span: float, points: int, seconds: float
) -> None:
    """Single checks where they are few; all checks are in one of the points."""
    times = [NOON + 60 * n for n in range(1440)]
    reader = await written(tmp_path, Commit(records=tuple([record("a", at) for at in times])))
    until = NOON + DAY if span >= DAY else NOON + span
    found = reader.series("a", until - span, until, points)
    assert {bucket.seconds for bucket in found} == {seconds}
    assert len(found) <= points
    assert sum(bucket.checks for bucket in found) == min(span, DAY) / 60
    assert all(bucket.elapsed_avg == pytest.approx(0.04) for bucket in found)
    reader.close()


async def test_a_series_is_as_coarse_as_what_is_kept(tmp_path: Path) -> None:
    """Where minutes are gone, hours go on; where hours are gone, days do: no check is left out."""
    settings = MonitorSettings(keep_checks=2 * HOUR, keep_minutes=6 * HOUR, keep_hours=2 * DAY)
    async with opened(tmp_path, settings) as store:
        for hour in range(24 * 5):
            start = NOON + hour * HOUR
            records = [
                watched("a", at - 600, at) for at in range(int(start), int(start) + 3600, 600)
            ]
            await store.write(Commit(records=tuple(records)))
            await store.maintain(start + HOUR)
    end = NOON + 5 * DAY
    reader = HistoryReader(str(tmp_path / NAME))
    for hours, seconds in ((1, 0), (5, 60), (40, HOUR), (24 * 5, DAY)):
        found = reader.series("a", end - hours * HOUR, end, 1000)
        assert {bucket.seconds for bucket in found} == {seconds}
        assert sum(bucket.checks for bucket in found) == hours * 6
    assert reader.uptime("a", NOON - 600, end) == Uptime(up=5 * DAY)
    reader.close()


async def test_days(tmp_path: Path) -> None:
    """From the first to the last, both of them; without those that nothing is known of."""
    midnight = NOON + DAY / 2
    records = [
        watched("a", midnight - 60, midnight + 60, like=FAILED),
        watched("b", NOON, NOON + 9),
    ]
    reader = await written(tmp_path, Commit(records=tuple(records)))
    days = reader.days(["a", "b", "c"], NOON, midnight)
    found = {key: [(day.start, day.uptime) for day in each] for key, each in days.items()}
    assert found == {
        "a": [
            (midnight - DAY, Uptime(down=60)),
            (midnight, Uptime(down=60)),
        ],
        "b": [(midnight - DAY, Uptime(up=9))],
        "c": [],
    }
    assert [day.start for day in reader.days(["a"], midnight, midnight)["a"]] == [midnight]
    reader.close()


async def test_incidents_page_by_page(tmp_path: Path) -> None:
    """Newest first, none left out and none twice, also those that were opened together."""
    together = [replace(incident(number), opened=NOON) for number in (1, 2, 3)]
    others = [incident(number, member("a")) for number in range(10, 20)]
    reader = await written(tmp_path, Commit(incidents=(*together, *others)))
    ids: list[str] = []
    before = None
    while page := reader.incidents(before, 4):
        ids += [each.id for each in page]
        before = page[-1].opened
    assert ids == [f"{n:08d}" for n in (*range(19, 9, -1), 3, 2, 1)]
    assert [each.id for each in reader.incidents(None, 2, key="a")] == ["00000019", "00000018"]
    assert reader.incidents(key="b") == []
    reader.close()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("FOUND 503", 2),
        ("example.ORG", 2),
        ("shop", 1),
        ("SHOP", 1),
        ("%", 0),
        ("ex_mple", 0),
        ("", 2),
    ],
)
async def test_incidents_by_text(tmp_path: Path, text: str, found: int) -> None:
    """In words, cause, and members' names and URLs; special signs of SQL mean nothing."""
    commit = Commit(incidents=(incident(1, member("shop")), incident(2, member("blog"))))
    reader = await written(tmp_path, commit)
    assert len(reader.incidents(text=text)) == found
    reader.close()


async def test_one_incident(tmp_path: Path) -> None:
    """With all its members, of which a page shows the first thousand."""
    large = incident(1, *(member(f"t{n}") for n in range(1200)))
    reader = await written(tmp_path, Commit(incidents=(large,)))
    assert reader.incident(large.id) == large
    assert reader.incidents() == [replace(large, members=large.members[:1000])]
    assert reader.incident("nothing") is None
    reader.close()


async def test_messages(tmp_path: Path) -> None:
    """Of an incident, or what became of them; the latest, in the order they were made."""
    sent = [replace(message(n), status=DeliveryStatus.SENT, sent=NOON) for n in range(3)]
    waiting = [message(3, "mail"), message(3, "hook")]
    reader = await written(tmp_path, Commit(messages=(*sent, *waiting)))
    assert reader.messages(most=2) == sorted(waiting, key=lambda each: each.id)
    assert reader.messages(status=DeliveryStatus.SENT) == sent
    assert reader.messages("00000001") == [sent[1]]
    assert reader.messages("00000001", DeliveryStatus.WAITING) == []
    reader.close()


async def test_how_all_stand(tmp_path: Path) -> None:
    """Also targets of which only the state or only a check is known; and the silences."""
    up = State(Condition.UP, NOON)
    silence = Silence("s", "*", NOON + 60)
    checked = record("b", NOON)
    commit = Commit(records=(checked,), states={"a": up}, silences=(silence,))
    reader = await written(tmp_path, commit)
    assert reader.targets() == ["a", "b"]
    assert reader.status() == [
        Standing("a", up, None),
        Standing("b", NEW, checked.observation),
    ]
    assert reader.silences(NOON) == (silence,)
    assert reader.silences(NOON + 60) == ()
    reader.close()


async def test_one_moment_in_many_threads(tmp_path: Path) -> None:
    """While a monitor writes, each call sees whole commits."""
    async with opened(tmp_path) as store:
        reader = HistoryReader(str(tmp_path / NAME))
        await store.write(Commit(records=(record("a", NOON), record("b", NOON))))
        done = threading.Event()
        seen: list[tuple[float, float]] = []

        def read() -> None:
            while not done.is_set():
                days = reader.days(["a", "b"], NOON, NOON)
                seen.append(tuple([sum(d.uptime.up for d in each) for each in days.values()]))  # type: ignore[arg-type]

        readers = [asyncio.create_task(asyncio.to_thread(read)) for _ in range(3)]
        for second in range(1, 120):
            at = NOON + second
            records = tuple([watched(key, at - 1, at) for key in ("a", "b")])
            await store.write(Commit(records=records))
        done.set()
        await asyncio.gather(*readers)
        reader.close()
    assert len(set(seen)) > 2
    assert [both for both in seen if both[0] != both[1]] == []


def test_nothing_to_read(tmp_path: Path) -> None:
    """It is said which file is not there, and none is made."""
    reader = HistoryReader(str(tmp_path / NAME))
    with pytest.raises(StoreError, match=f"no database at {tmp_path / NAME}"):
        reader.targets()
    assert list(tmp_path.iterdir()) == []
