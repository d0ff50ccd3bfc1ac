"""Months of everything at once: each second counts as something, and as the right thing."""

from bisect import bisect_right
from collections import Counter, defaultdict
from functools import cache
from itertools import pairwise

import pytest

from fetcher.judgement.verdict import Health
from fetcher.monitor.commit import CheckRecord
from fetcher.monitor.plan import Interval
from fetcher.monitor.target_state import TimeClass
from tests.monitor.simulated.life import Life
from tests.monitor.simulated.lives import STRETCHES, lived, overlap, turns_of, work_on
from tests.monitor.simulated.reading import longest, slots
from tests.monitor.simulated.targets import DAY, EVERYONE, HOUR, RESIDENTS, SHARED
from tests.monitor.simulated.world import Stretch

pytestmark = pytest.mark.parametrize("stretch", STRETCHES)

SPELLS = {1: TimeClass.UP, 2: TimeClass.DEGRADED, 3: TimeClass.DOWN}


@cache
def records_of(life: Life) -> dict[str, list[CheckRecord]]:
    """The history of each target."""
    found = defaultdict(list)
    for record in life.store.records:
        found[record.key].append(record)
    return found


def seconds(life: Life, key: str, time_class: TimeClass, within: Stretch) -> float:
    """For how long a target was so in a stretch of time."""
    spans = [span for record in records_of(life)[key] for span in record.spans]
    of_it = [(span.start, span.end) for span in spans if span.time_class is time_class]
    return overlap(of_it, *within)


def naively(life: Life, key: str) -> Counter[TimeClass]:
    """How the time of a target counts, between each check and the next."""
    watched, total = EVERYONE[key], Counter[TimeClass]()
    every = slots(watched, life.script.begin - DAY, life.script.end + 30 * DAY)
    changes, work = turns_of(life, key), work_on(life, key)
    for one, other in pairwise(life.world.journal[key]):
        place = bisect_right(changes, one.at, key=lambda turn: turn.at)
        level = changes[place - 1].level if place else 0
        held = min(other.at, one.at + longest(watched, every, one.at))
        if not level or other.health is Health.UNKNOWN:
            held = one.at
        announced = overlap(work, one.at, other.at)
        known = held - one.at - overlap(work, one.at, held)
        total[TimeClass.MAINTENANCE] += announced  # type: ignore[assignment]
        total[SPELLS.get(level, TimeClass.UNWATCHED)] += known  # type: ignore[assignment]
        total[TimeClass.UNWATCHED] += other.at - one.at - announced - known  # type: ignore[assignment]
    return total


def test_every_second_counts_once(stretch: tuple[str, str, int]) -> None:
    """The spans of a target follow upon each other, from its first check to its last."""
    life = lived(*stretch)
    records = records_of(life)
    for watched in RESIDENTS:
        first, *others = records[watched.key]
        assert first.spans == ()
        spans = [span for record in others for span in record.spans]
        assert spans[0].start == first.observation.at
        assert spans[-1].end == others[-1].observation.at
        assert all(one.end == other.start for one, other in pairwise(spans))
        assert all(span.start // HOUR == (span.end - 1e-4) // HOUR for span in spans)


def test_every_second_counts_as_what_it_was(stretch: tuple[str, str, int]) -> None:
    """By a second, slower reading, to a thousandth of a second over all the weeks."""
    life = lived(*stretch)
    records = records_of(life)
    for watched in RESIDENTS:
        total = Counter[TimeClass]()
        for span in [span for record in records[watched.key] for span in record.spans]:
            total[span.time_class] += span.end - span.start  # type: ignore[assignment]
        wanted = naively(life, watched.key)
        for time_class in TimeClass:
            assert total[time_class] == pytest.approx(wanted[time_class], abs=0.001), (
                watched.key,
                time_class,
            )


def test_an_outage_counts_for_as_long_as_it_was(stretch: tuple[str, str, int]) -> None:
    """Within one interval, where somebody looked all the time."""
    life, checked = lived(*stretch), 0
    unseen = sorted([*life.unattended, *life.world.offline])
    for event in [event for event in life.world.events if SHARED[0].key in event.keys]:
        for watched in SHARED:
            assert isinstance(watched.timing, Interval)
            every = watched.timing.seconds
            around = (event.start - 3 * every, event.end + 3 * every)
            length = event.end - event.start
            if length < 3 * every or overlap(unseen, *around):
                continue
            checked += 1
            assert abs(seconds(life, watched.key, TimeClass.DOWN, around) - length) <= every
    assert checked >= len(SHARED)


def test_nobody_watched_while_no_process_ran(stretch: tuple[str, str, int]) -> None:
    """But for the time that the last check before that still speaks for."""
    life = lived(*stretch)
    for start, end in life.unattended:
        for watched in SHARED:
            assert isinstance(watched.timing, Interval)
            still = 2 * watched.timing.seconds + 10.0
            unwatched = seconds(life, watched.key, TimeClass.UNWATCHED, (start, end))
            assert unwatched >= min(end, life.alive[-1][1]) - start - still - 1.0
