"""What happens in a few weeks, by chance: outages, stops, silences, reloads, a full disk."""

from dataclasses import dataclass, field
from itertools import pairwise
from random import Random

from fetcher.judgement.verdict import Health, Trouble
from tests.monitor.simulated.process import Death
from tests.monitor.simulated.targets import (
    DAY,
    FLAPPER,
    HOUR,
    RESIDENTS,
    SHARED,
    TWINS,
    VISITOR,
)
from tests.monitor.simulated.world import Event, Stretch, World, within


@dataclass(frozen=True, slots=True)
class Stop:
    """The process ends, and is started again after `length` seconds; death: None for an orderly
    end."""

    at: float
    length: float
    death: Death | None


@dataclass
class Script:
    """All that happens; every list in the order of time, and nothing begins in the last days.

    absent: when the visitor is not in the configuration. stalls: the process stands still, and its
    clocks go on; sleeps: the machine does, and only the wall clock goes on.
    """

    begin: float
    end: float
    world: World
    stops: list[Stop] = field(default_factory=list)
    full: list[Stretch] = field(default_factory=list)
    absent: list[Stretch] = field(default_factory=list)
    silences: list[tuple[str, Stretch]] = field(default_factory=list)
    acknowledged: list[float] = field(default_factory=list)
    stalls: list[Stretch] = field(default_factory=list)
    sleeps: list[Stretch] = field(default_factory=list)


def script(begin: float, end: float, seed: int) -> Script:
    """Make one up; the same for the same seed."""
    random, calm = Random(seed), end - min(5 * DAY, (end - begin) / 2)
    events = _events(random, begin, calm) + _flaps(random, begin, calm)
    made = Script(begin, end, World(events))
    made.stops = [
        Stop(at, random.choice([0.0, 90.0, 1000.0, 5 * HOUR, 1.5 * DAY]), random.choice(_DEATHS))
        for at in _times(random, begin, calm, 3 * DAY)
    ]
    made.stops = [
        stop
        for before, stop in pairwise([Stop(begin, 0.0, None), *made.stops])
        if stop.at > before.at + before.length + 8 * HOUR
    ]
    made.absent = _stretches(random, begin, calm, 4 * DAY, DAY)
    made.silences = [
        (random.choice(["shop", "twin1", "odd?", "*cron*", "https://nightly*", "*"]), stretch)
        for stretch in _stretches(random, begin, calm, DAY, 10 * HOUR)
    ]
    made.acknowledged = _times(random, begin, calm, 0.7 * DAY)
    made.world.offline = _stretches(random, begin, calm, 2 * DAY, 3 * HOUR)
    made.world.refusing = {
        channel: _stretches(random, begin, calm, 3 * DAY, 10 * HOUR)
        for channel in ("boss", "chief")
    }
    made.full = _stretches(random, begin, calm, 4 * DAY, 2 * HOUR)
    apart = _apart_from_stops(made, _stretches(random, begin, calm, DAY, 1.5 * HOUR))
    made.stalls, made.sleeps = apart[0::3], apart[1::3]
    made.world.hangs = {f"odd{number} 0": apart[2::3] for number in range(4)}
    return made


_DEATHS = [None, Death.CHECKED, Death.CHECKED, Death.WRITTEN, Death.SENT]


def _events(random: Random, begin: float, end: float) -> list[Event]:
    groups = [(f"host:{SHARED[0].group}", SHARED), ("address", TWINS)]
    alone = [one for one in (*RESIDENTS, VISITOR) if one not in (*SHARED, *TWINS, FLAPPER)]
    groups += [(f"host:{one.group}", (one,)) for one in alone]
    found = []
    for cause, targets in groups:
        keys, at = frozenset(watched.key for watched in targets), begin
        while (at := at + random.uniform(0.1, 4.0) * DAY) < end:
            length = random.choice([600.0, HOUR, 3 * HOUR, 12 * HOUR, 30 * HOUR])
            until = at + random.uniform(0.5, 1.5) * length
            if len(targets) == 1 and random.random() < 0.3:
                slow = (Health.DEGRADED, Trouble.TIMEOUT)
                found.append(Event(cause, keys, at, until, *slow))
                at, until = until, until + random.choice([0.0, length])
            found.append(Event(cause, keys, at, until))
            at = until
    return found


def _flaps(random: Random, begin: float, end: float) -> list[Event]:
    """A target that goes up and down every few hours, on some days."""
    keys, found, at = frozenset({FLAPPER.key}), list[Event](), begin
    while (at := at + random.choice([1.5 * HOUR, 3 * HOUR, DAY])) < end:
        found.append(Event("host:flapping", keys, at, at := at + random.uniform(0.5, 2.0) * HOUR))
    return found


def _times(random: Random, begin: float, end: float, every: float) -> list[float]:
    found, at = list[float](), begin
    while (at := at + random.uniform(0.2, 1.8) * every) < end:
        found.append(at)
    return found


def _stretches(
    random: Random, begin: float, end: float, every: float, length: float
) -> list[Stretch]:
    """Stretches that are apart."""
    found, at = list[Stretch](), begin
    while (at := at + random.uniform(0.2, 1.8) * every) < end:
        found.append((at, at := at + random.uniform(0.1, 1.9) * length))
    return found


def _apart_from_stops(made: Script, stretches: list[Stretch]) -> list[Stretch]:
    """Only those that are over for long when the process ends, and begin long after its start."""
    near = [(stop.at - 6 * HOUR, stop.at + stop.length + 30 * HOUR) for stop in made.stops]
    return [each for each in stretches if not within(near, each[0])]
