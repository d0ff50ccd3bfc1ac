"""Months of one target's life on a virtual clock: outages, announced work, clock changes, gaps."""

from dataclasses import dataclass, field
from random import Random

import pytest

from fetcher.judgement.verdict import Health
from fetcher.monitor.conditions import MaintenanceCalendar, Uptime, next_state, spans
from fetcher.monitor.conditions.maintenance_windows import Period
from fetcher.monitor.plan import MaintenanceWindow, Policy
from fetcher.monitor.target_state import NEW, Condition, ConditionChange, State
from tests.monitor.conditions.making import DAY, HOUR, MINUTE, when

EVERY = 5 * MINUTE
POLICY = Policy(failures_before_down=3, successes_before_up=2, flap_changes=4)
NIGHTLY = MaintenanceWindow("backup", "30 1 * * *", "Europe/Berlin", 2 * HOUR)
SPRING = when("2026-02-01T00:00:00+01:00"), when("2026-05-01T00:00:00+02:00")
AUTUMN = when("2026-09-01T00:00:00+02:00"), when("2026-12-01T00:00:00+01:00")


@dataclass
class Life:
    """A target that is checked every five minutes, but not while the monitor is stopped."""

    begin: float
    end: float
    broken: list[Period] = field(default_factory=list)
    offline: list[Period] = field(default_factory=list)
    stopped: list[Period] = field(default_factory=list)
    state: State = NEW
    changes: list[ConditionChange] = field(default_factory=list)
    uptime: Uptime = field(default_factory=Uptime)

    def live(self) -> None:
        """Check until the end."""
        calendar, last, at = MaintenanceCalendar(), None, self.begin
        while at < self.end:
            if not within(self.stopped, at):
                self._check(calendar, last, at)
                last = at
            at += EVERY

    def _check(self, calendar: MaintenanceCalendar, last: float | None, at: float) -> None:
        health = Health.UNHEALTHY if within(self.broken, at) else Health.HEALTHY
        if within(self.offline, at):
            health = Health.UNKNOWN
        announced = calendar.announced([NIGHTLY], last or at, at)
        seen = health is not Health.UNKNOWN
        longest = 2 * EVERY
        self.uptime = self.uptime.add(
            spans(last, at, self.state.condition, longest, announced, known=seen)
        )
        work = calendar.window_at([NIGHTLY], at) is not None
        self.state, change = next_state(self.state, health, at, POLICY, maintenance=work)
        self.changes += [change] if change else []

    @property
    def falls(self) -> list[ConditionChange]:
        """The changes to down."""
        return [change for change in self.changes if change.after is Condition.DOWN]


def within(stretches: list[Period], at: float) -> bool:
    """True if a time lies in one of these."""
    return any(start <= at < end for start, end in stretches)


def night(day: float) -> Period:
    """The hours of announced work after a midnight; real hours, from half past one on."""
    (stretch,) = MaintenanceCalendar().announced([NIGHTLY], day, day + 20 * HOUR)
    return stretch


def midnights(begin: float, end: float) -> list[float]:
    """All midnights in Berlin."""
    midnight = MaintenanceWindow("", "0 0 * * *", "Europe/Berlin", 1.0)
    return [start for start, _ in MaintenanceCalendar().announced([midnight], begin, end)]


@pytest.mark.parametrize(("begin", "end"), [SPRING, AUTUMN])
def test_announced_work_is_no_outage_on_any_night(begin: float, end: float) -> None:
    """The target is down through all of it each night, and is never held to be."""
    nights = [night(day) for day in midnights(begin, end)]
    life = Life(begin, end, broken=nights)
    life.live()
    assert [change.after for change in life.changes] == [Condition.UP]
    assert life.uptime.down == 0.0
    assert life.uptime.maintenance == len(nights) * 2 * HOUR
    assert len(nights) == round((end - begin) / DAY)


@pytest.mark.parametrize(("begin", "end"), [SPRING, AUTUMN])
def test_work_that_takes_longer_is_an_outage_at_once(begin: float, end: float) -> None:
    """The first check after each night finds it broken, and says so; one DOWN, one UP."""
    nights = [night(day) for day in midnights(begin, end)]
    life = Life(begin, end, broken=[(start, end + HOUR) for start, end in nights])
    life.live()
    assert [(change.at, change.began) for change in life.falls] == [
        (end, start) for start, end in nights
    ]
    assert len(life.changes) == 1 + 2 * len(nights)
    assert life.uptime.maintenance == len(nights) * 2 * HOUR
    # Until the second good check, five minutes after the end of it.
    assert life.uptime.down == len(nights) * (HOUR + EVERY)


@pytest.mark.parametrize("seed", range(3))
def test_every_outage_is_one_fall_and_one_recovery(seed: int) -> None:
    """Whatever else happens: blind spots, restarts, announced work; and no second is lost."""
    random, (begin, end) = Random(seed), AUTUMN
    life = Life(begin, end)
    outages = list[float]()
    for day in midnights(begin, end - DAY):
        (work, over), what = night(day), random.randrange(5)
        if what == 0:
            start = over + random.uniform(HOUR, 8 * HOUR)
            life.broken.append((start, start + random.uniform(20 * MINUTE, 3 * HOUR)))
            outages.append(start)
        elif what == 1:  # too short to be believed
            life.broken.append((over + HOUR, over + HOUR + 2 * EVERY))
        elif what == 2:
            life.broken.append((work, over))
            life.offline.append((over - HOUR, over + random.uniform(HOUR, 5 * HOUR)))
        elif what == 3:
            life.stopped.append((over - HOUR, over + random.uniform(0.0, 8 * HOUR)))
    life.live()
    after = [change.after for change in life.changes]
    assert after == [Condition.UP] + [Condition.DOWN, Condition.UP] * len(outages)
    assert len(outages) > 5
    for fall, start in zip(life.falls, outages, strict=True):
        assert start <= fall.began < start + EVERY
        assert fall.at == fall.began + 2 * EVERY
    total = life.uptime
    last = life.end - EVERY
    assert total.watched + total.unwatched + total.maintenance == last - begin
    assert total.maintenance == len(midnights(begin, end)) * 2 * HOUR
    assert total.unwatched > 0
