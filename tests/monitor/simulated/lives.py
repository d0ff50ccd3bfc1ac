"""Three stretches of a month in which clocks are changed, lived through once for all tests."""

from bisect import bisect_right
from datetime import UTC, datetime
from functools import cache

from tests.monitor.simulated.life import Life
from tests.monitor.simulated.reading import Ill, Turn, illnesses, nights, turns
from tests.monitor.simulated.script import script
from tests.monitor.simulated.targets import EVERYONE
from tests.monitor.simulated.world import Stretch

STRETCHES = (
    ("2026-03-06", "2026-04-08", 3),
    ("2026-10-02", "2026-11-04", 1),
    ("2027-03-12", "2027-04-07", 2),
)
"""From when to when, and the number that chance begins with."""


@cache
def lived(first: str, until: str, seed: int) -> Life:
    """A life that is over."""
    begin, end = (datetime.fromisoformat(day).replace(tzinfo=UTC) for day in (first, until))
    life = Life(script(begin.timestamp(), end.timestamp(), seed))
    life.live()
    return life


def work_on(life: Life, key: str) -> list[Stretch]:
    """When work on a target is announced."""
    script = life.script
    return nights(script.begin, script.end) if EVERYONE[key].windows else []


def turns_of(life: Life, key: str) -> list[Turn]:
    """How a target was, by what was found."""
    return list(turns(EVERYONE[key], life.world.journal[key], work_on(life, key)))


def all_illnesses(life: Life) -> list[Ill]:
    """Whatever was wrong, of all targets."""
    return [ill for key in EVERYONE for ill in illnesses(EVERYONE[key], turns_of(life, key))]


def overlap(stretches: list[Stretch], start: float, end: float) -> float:
    """How many seconds of these, that are in order and apart, lie between two times."""
    total, place = 0.0, max(bisect_right(stretches, (start,)) - 1, 0)
    while place < len(stretches) and stretches[place][0] < end:
        total += max(0.0, min(end, stretches[place][1]) - max(start, stretches[place][0]))
        place += 1
    return total
