"""What a check of a target found, and the condition that its checks so far amount to."""

from dataclasses import dataclass
from enum import StrEnum

from fetcher.failures import FailureKind
from fetcher.judgement.verdict import Health, Trouble
from fetcher.model import NO_TIMINGS, Timings


@dataclass(frozen=True, slots=True)
class Observation:
    """What one check found; times in seconds since the epoch, durations in seconds.

    Attributes:
        at: When the check began.
        health: The verdict.
        trouble: The kind of problem, None if healthy.
        text: The reasons in plain words, on one line.
        status: The HTTP status, None without a response.
        elapsed: How long the last attempt took.
        due: When the check should have begun.
        ip: The address that answered, "" if unknown. In a failed check that the monitor has
            recorded, ip and fingerprint are those of the last response.
        fingerprint: Of the TLS certificate, "" if there is none.
        expires: When the certificate expires, None if there is none.
        http_version: For example "1.1".
        tls_version: For example "TLSv1.3".
        redirects: How many were followed.
        bytes_read: Of the body.
        timings: Of the phases of the last attempt.
        failure: Why there was no usable response; not kept across a restart.
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


class Condition(StrEnum):
    """The condition of a target, from best to worst; `new` until enough is known."""

    NEW = "new"
    UP = "up"
    DEGRADED = "degraded"
    DOWN = "down"


@dataclass(frozen=True, slots=True)
class State:
    """What the checks so far amount to; undecided checks leave it as it was.

    The three streaks are counted no further than it matters, so that the state of a steady target
    does not change from check to check.

    Attributes:
        condition: The current condition.
        since: When it began.
        bad: How many checks in a row were worse than the condition.
        worse_since: When the first of these was.
        good: How many checks in a row were better than the condition.
        better_since: When the first of these was.
        falls: When the target recently got worse, to detect flapping.
        flapping: True if it went up and down so often that it must stay healthy for longer.
        far: How many of the last checks in a row were two levels off (down while up, or up while
            down).
        far_since: When the first of these was.
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

    at: when it was noticed. began: when the first check that showed it was made. flapping: True if
    the target is flapping, or was until this change.
    """

    at: float
    began: float
    before: Condition
    after: Condition
    flapping: bool = False


class TimeClass(StrEnum):
    """How a period counts: by the condition that the target was in, or not at all.

    unwatched: the monitor was offline or not running. maintenance: within a maintenance window.
    """

    UP = "up"
    DEGRADED = "degraded"
    DOWN = "down"
    UNWATCHED = "unwatched"
    MAINTENANCE = "maintenance"


@dataclass(frozen=True, slots=True)
class Span:
    """A period, in seconds since the epoch, and how it counts."""

    start: float
    end: float
    time_class: TimeClass
