"""What the verdicts so far come to, for one target.

What one check of a target found.
"""

from dataclasses import dataclass
from enum import StrEnum

from fetcher.failures import FailureKind
from fetcher.judgement.verdict import Health, Trouble
from fetcher.model import NO_TIMINGS, Timings


class Condition(StrEnum):
    """How a target is held to be, from best to worst; `new` until enough is known."""

    NEW = "new"
    UP = "up"
    DEGRADED = "degraded"
    DOWN = "down"


@dataclass(frozen=True, slots=True)
class State:
    """What the verdicts so far come to; checks that could not see leave it as it was.

    since: when the condition began. bad, worse_since: how many checks in a row were worse than the
    condition, and when the first of them was; good, better_since: the same for better ones; far,
    far_since: how many of these in a row, up to the last, were two levels off (down for up, up for
    down). All three are counted no further than it matters. falls: when it got worse, of late (for
    flapping). flapping: whether it went up and down so often that it has to be well for longer.
    One that is steady does not change from check to check.
    """

    condition: Condition = Condition.NEW
    since: float = 0.0
    bad: int = 0
    worse_since: float = 0.0
    good: int = 0
    better_since: float = 0.0
    falls: tuple[float, ...] = ()
    flapping: bool = False
    far: int = 0
    far_since: float = 0.0


NEW = State()


@dataclass(frozen=True, slots=True)
class ConditionChange:
    """A change of a target's condition.

    at: when it was noticed. began: when the first of the checks was that showed it. flapping:
    whether the target flaps, or did until this change.
    """

    at: float
    began: float
    before: Condition
    after: Condition
    flapping: bool = False


class TimeClass(StrEnum):
    """How a time counts: by what the target was held to be, or not at all.

    unwatched: nobody could see, or nobody looked. maintenance: work had been announced.
    """

    UP = "up"
    DEGRADED = "degraded"
    DOWN = "down"
    UNWATCHED = "unwatched"
    MAINTENANCE = "maintenance"


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of time, in seconds since the epoch, and how it counts."""

    start: float
    end: float
    spell: TimeClass


@dataclass(frozen=True, slots=True)
class Observation:
    """What one check found; times in seconds since the epoch, durations in seconds.

    at: when the check began. due: when it should have begun. text: the reasons in plain words, one
    line. status: the HTTP status, None without an answer. elapsed: of the last attempt. ip: that
    answered, "" when unknown. fingerprint, expires: of the TLS certificate, "" and None where there
    is none. Of a failed check that the monitor has taken in, ip and fingerprint are those of the
    last answer. redirects: how many were followed. failure: why there was no usable
    answer; it is not kept over a restart.
    """

    at: float
    health: Health
    trouble: Trouble | None = None
    text: str = ""
    status: int | None = None
    elapsed: float | None = None
    due: float = 0.0
    ip: str = ""
    fingerprint: str = ""
    expires: float | None = None
    http_version: str = ""
    tls_version: str = ""
    redirects: int = 0
    bytes_read: int = 0
    timings: Timings = NO_TIMINGS
    failure: FailureKind | None = None
