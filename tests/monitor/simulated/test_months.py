"""Months of everything at once: each check in its slot, each failure in its incident."""

import pytest

from tests.monitor.simulated.life import Life
from tests.monitor.simulated.lives import STRETCHES, all_illnesses, lived
from tests.monitor.simulated.reading import slots, together
from tests.monitor.simulated.targets import RESIDENTS, SHARED, TWINS

pytestmark = pytest.mark.parametrize("stretch", STRETCHES)


def test_all_of_it_happens(stretch: tuple[str, str, int]) -> None:
    """The other tests would say little of months in which nothing went wrong."""
    life = lived(*stretch)
    missed = {why for _, why in life.store.missed}
    assert {why.value for why in missed} == {"running", "late", "stopped", "clock"}
    assert life.forgotten >= 3
    assert len(life.store.incidents) > 50
    assert all((life.world.offline, life.script.full, life.script.absent, life.world.refusing))


def test_every_slot_is_run_or_counted(stretch: tuple[str, str, int]) -> None:
    """None is lost and none is run twice, over restarts, stalls, sleep, changes of the clocks."""
    life = lived(*stretch)
    ended = life.alive[-1][1]
    for watched in RESIDENTS:
        planned = [at for at in slots(watched, life.script.begin, life.script.end) if at <= ended]
        made = [entry.slot for entry in life.world.journal[watched.key]]
        missed = sum(n for (key, _), n in life.store.missed.items() if key == watched.key)
        assert len(made) == len(set(made))
        assert set(made) <= set(planned)
        assert len(made) + missed >= len(planned)
        # What is missed before a process has checked a target is counted again by the next one.
        if _was_checked_in_each_process(life, watched.key):
            assert len(made) + missed == len(planned)
    assert sum(_was_checked_in_each_process(life, watched.key) for watched in RESIDENTS) >= 5


def test_failures_of_one_cause_are_one_incident(stretch: tuple[str, str, int]) -> None:
    """Each opened and closed with the check that showed it, and of just those that were ill."""
    life = lived(*stretch)
    groups = together(all_illnesses(life))
    wanted = [
        (
            min(ill.at for ill in group),
            max(ill.until for ill in group),
            min(ill.began for ill in group),
            sorted({ill.key for ill in group}),
        )
        for group in groups
    ]
    found = [
        (each.opened, each.closed, each.began, sorted(member.key for member in each.members))
        for each in life.store.incidents.values()
    ]
    assert sorted(found) == sorted(wanted)
    sizes = {len(keys) for _, _, _, keys in found}
    assert {1, len(TWINS), len(SHARED)} <= sizes


def _was_checked_in_each_process(life: Life, key: str) -> bool:
    times = [entry.at for entry in life.world.journal[key]]
    return all(any(start <= at <= end for at in times) for start, end in life.alive)
