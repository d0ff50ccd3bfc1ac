"""What the configuration says of one target: when it is checked, and what follows from that."""

from dataclasses import dataclass

from fetcher.judgement.expectations import Expectations
from fetcher.urls import without_login


@dataclass(frozen=True, slots=True)
class Interval:
    """Checked every so many seconds, at a phase that follows from the target's key."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Cron:
    """Checked when a cron expression says so, in a time zone (IANA name, such as Europe/Berlin)."""

    expression: str
    zone: str = "UTC"


Timing = Interval | Cron


@dataclass(frozen=True, slots=True)
class Window:
    """When work on a target is announced; what fails then opens no incident.

    Recurring: `cron` says when it begins, in `zone`, and `duration` how many seconds it lasts.
    Once: `start` and `end`, seconds since the epoch.
    """

    name: str
    cron: str = ""
    zone: str = "UTC"
    duration: float = 0.0
    start: float | None = None
    end: float | None = None


@dataclass(frozen=True, slots=True)
class Policy:
    """What follows from verdicts; durations in seconds.

    failures_before_down, successes_before_up: how many in a row make a change. flap_changes: after
    so many incidents within `flap_window`, an incident is over only when all was well for
    `flap_quiet`; 0: never mind. alert_degraded: whether people are told of a degraded target too.
    group_wait: how long to wait for others with the same cause before telling. remind_every: how
    often to tell again while nobody has acknowledged; None: never. escalate_after: when to tell
    `escalate_to` as well; None: never. channels: names of those that are told.
    """

    failures_before_down: int = 3
    successes_before_up: int = 2
    flap_changes: int = 4
    flap_window: float = 3600.0
    flap_quiet: float = 900.0
    alert_degraded: bool = True
    group_wait: float = 10.0
    remind_every: float | None = None
    escalate_after: float | None = None
    channels: tuple[str, ...] = ()
    escalate_to: tuple[str, ...] = ()


DEFAULT_POLICY = Policy()


@dataclass(frozen=True, slots=True)
class Watched:
    """One target that is watched; policies, windows and expectations are shared by many.

    key: what it is known by across reloads and restarts: its name, or else its address. url: with
    a login, where it was written with one; never to be shown. name: for people. source: the place
    in the configuration that names it.
    """

    key: str
    url: str
    timing: Timing
    expected: Expectations
    policy: Policy = DEFAULT_POLICY
    name: str = ""
    group: str = ""
    windows: tuple[Window, ...] = ()
    source: str = ""

    @property
    def shown(self) -> str:
        """What people call it."""
        return self.name or self.address

    @property
    def address(self) -> str:
        """The URL as everyone may see it, without a login."""
        return without_login(self.url)
