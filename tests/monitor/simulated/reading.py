"""What a script comes to, read off naively: all checks are kept, and each rule is written down as
people would say it. Nothing of the code under test is used."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from fetcher.judgement.verdict import Health
from fetcher.monitor.plan import Interval, MonitorTarget, Policy
from fetcher.monitor.schedule import phase
from tests.monitor.schedule.literal_cron import literal_slots
from tests.monitor.simulated.targets import DAY, HOUR, TIMEOUT
from tests.monitor.simulated.world import Entry, Stretch

_LEVEL = {Health.HEALTHY: 1, Health.DEGRADED: 2, Health.UNHEALTHY: 3}


@dataclass(frozen=True, slots=True)
class Turn:
    """A target gets better or worse; level: 1 up, 2 degraded, 3 down, 0 when it was let go.

    began: the first of the checks that showed it. cause: of the last of them.
    """

    at: float
    began: float
    level: int
    cause: str


@dataclass(frozen=True, slots=True)
class Ill:
    """A time in which a target was ill, as its owner sees it; worst: level, let_go: it ended so."""

    key: str
    at: float
    began: float
    cause: str
    worst: int
    until: float
    let_go: bool


@cache
def slots(watched: MonitorTarget, begin: float, end: float) -> list[float]:
    """All slots of a target in [begin, end)."""
    timing = watched.timing
    if not isinstance(timing, Interval):
        return literal_slots(timing.expression, timing.zone, begin, end)
    first = phase(watched.key, timing.seconds)
    numbers = range(int(begin // timing.seconds) - 1, int(end // timing.seconds) + 1)
    return [at for n in numbers if begin <= (at := n * timing.seconds + first) < end]


def nights(begin: float, end: float) -> list[Stretch]:
    """When the nightly work is on: from half past one in Berlin, for two hours."""
    zone, day = ZoneInfo("Europe/Berlin"), datetime.fromtimestamp(begin - DAY, ZoneInfo("UTC"))
    found = []
    while (start := _half_past_one(day, zone)) < end:
        found.append((start, start + 2 * HOUR))
        day += timedelta(days=1)
    return found


def _half_past_one(day: datetime, zone: ZoneInfo) -> float:
    return day.replace(hour=1, minute=30, second=0, microsecond=0, tzinfo=zone).timestamp()


def turns(watched: MonitorTarget, entries: list[Entry], work: list[Stretch]) -> Iterator[Turn]:
    """All changes of a target's condition."""
    reading, last = _Reading(watched.policy), None
    every = slots(watched, entries[0].at - DAY, entries[-1].at + 30 * DAY)
    for entry in entries:
        if entry.health is None:
            yield Turn(entry.at, entry.at, 0, "")
            reading, last = _Reading(watched.policy), None
            continue
        if last is not None and entry.at - last > 5 * longest(watched, every, last):
            reading.row = []  # nobody would call what was found then and now "in a row"
        last = entry.at
        if entry.health is not Health.UNKNOWN:
            began = reading.check(entry.at, _LEVEL[entry.health], _is_within(work, entry.at))
            if began is not None:
                yield Turn(entry.at, began, reading.level, entry.cause)


@dataclass
class _Reading:
    """One target: its level, what was found since anyone looked regularly, and when it fell."""

    policy: Policy
    level: int = 0
    row: list[tuple[float, int]] = field(default_factory=list)
    falls: list[float] = field(default_factory=list)
    fell_last: bool = False
    flapping: bool = False

    def check(self, at: float, found: int, work: bool) -> float | None:
        """Take a check; if it makes a change, give the time of the first that showed it."""
        self.row.append((at, found))
        after, fell = self._after(), False
        if after == self.level or ((fell := after > max(self.level, 1)) and work):
            return None
        if fell and self.policy.flap_changes:
            self.falls += [] if self.fell_last else [at]
            recent = [fall for fall in self.falls if at - fall < self.policy.flap_window]
            self.flapping = self.flapping or len(recent) >= self.policy.flap_changes
        elif self.flapping:
            self.flapping, self.falls = False, []
        self.fell_last, self.level = fell, after
        return self._latest(range(after, 4) if fell else range(1, after + 1))[0][0]

    def _after(self) -> int:
        """What the target is held to be after the last check."""
        policy, level, (at, found) = self.policy, self.level, self.row[-1]
        if not level and found == 1:
            return 1
        worse = self._latest(range(max(level, 1) + 1, 4))
        if len(worse) >= policy.failures_before_down:
            return min(each for _, each in worse[-policy.failures_before_down :])
        better = self._latest(range(1, level))
        if len(better) < policy.successes_before_up or not better:
            return level
        if self.flapping and at - better[0][0] < policy.flap_quiet:
            return level
        return max(each for _, each in better[-policy.successes_before_up :])

    def _latest(self, levels: range) -> list[tuple[float, int]]:
        """The last checks, as far back as they all found one of these."""
        place = len(self.row)
        while place and self.row[place - 1][1] in levels:
            place -= 1
        return self.row[place:]


def longest(watched: MonitorTarget, every: list[float], last: float) -> float:
    """For how long a check says how a target is: two slots further, and a check's time limit."""
    if isinstance(watched.timing, Interval):
        return 2 * watched.timing.seconds + TIMEOUT
    return every[bisect_right(every, last) + 1] - last + TIMEOUT


def illnesses(watched: MonitorTarget, changes: list[Turn]) -> list[Ill]:
    """When its owner held a target to be ill."""
    least = 2 if watched.policy.alert_degraded else 3
    found, ill = list[Ill](), False
    for turn in changes:
        if turn.level >= least and not ill:
            found.append(Ill(watched.key, turn.at, turn.began, turn.cause, turn.level, 0.0, False))
        elif turn.level >= least:
            found[-1] = replace(found[-1], worst=max(found[-1].worst, turn.level))
        elif ill:
            found[-1] = replace(found[-1], until=turn.at, let_go=not turn.level)
        ill = turn.level >= least
    assert not ill
    return found


def together(ills: list[Ill]) -> list[list[Ill]]:
    """Those of one cause belong together, for as long as at least one is ill, and for an hour."""
    found = list[list[Ill]]()
    latest: dict[str, list[Ill]] = {}
    for ill in sorted(ills, key=lambda ill: ill.at):
        others = latest.get(ill.cause)
        lasts = others is not None and ill.at < max(other.until for other in others)
        # Whoever knew of an incident for longer is notified of what comes later.
        if others is not None and lasts and ill.at - others[0].at <= 3600.0:
            others.append(ill)
        else:
            latest[ill.cause] = [ill]
            found.append(latest[ill.cause])
    return found


def _is_within(stretches: list[Stretch], at: float) -> bool:
    place = bisect_left(stretches, (at + 1e-9,)) - 1
    return place >= 0 and at < stretches[place][1]
