"""The whole configuration of a monitor, read and checked.

What the configuration says of one target: when it is checked, and what follows from that.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from fetcher.judgement.expectations import Expectations
from fetcher.options import duration, option, optional, size, switch, whole
from fetcher.settings import Settings
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
class MaintenanceWindow:
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
class MonitorTarget:
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
    windows: tuple[MaintenanceWindow, ...] = ()
    source: str = ""

    @property
    def shown(self) -> str:
        """What people call it."""
        return self.name or self.address

    @property
    def address(self) -> str:
        """The URL as everyone may see it, without a login."""
        return without_login(self.url)


def _time(default: float, help: str) -> float:
    made: float = duration(default, help)
    return made


@dataclass(frozen=True, slots=True)
class MonitorSettings:
    """What the monitor keeps, and for how long; section [monitor]."""

    database: str = option("monitor.db", "The SQLite file that remembers everything.")
    max_size: int = size(1_000_000_000, "The most that the database may take on the disk.")
    keep_checks: float = _time(2 * 86400.0, "How long each single check is kept.")
    keep_minutes: float = _time(7 * 86400.0, "How long figures by the minute are kept.")
    keep_hours: float = _time(60 * 86400.0, "How long figures by the hour are kept.")
    keep_days: float = _time(800 * 86400.0, "How long figures by the day and incidents are kept.")
    give_up_after: float = _time(86400.0, "How long delivery of a message is tried.")
    digest_above: int = whole(
        5, "How many messages a channel gets one by one within `digest_every`.", minimum=1
    )
    digest_every: float = _time(300.0, "How long further ones are then gathered into one.")
    log_json: bool = switch("Write the log as JSON, one object a line.")


@dataclass(frozen=True, slots=True)
class SelfSettings:
    """How the monitor finds out whether the fault is its own; section [self].

    A failure counts only when, after it began, a control target has answered (any answer will do);
    where there are none, when a target on another host has.
    """

    patience: float = _time(15.0, "How long to wait for an answer that shows that we can see.")
    control_pause: float = _time(5.0, "Least time between two rounds of asking control targets.")
    loop_lag: float = _time(
        1.0, "When our own program stands still for longer, time limits of that moment are void."
    )


@dataclass(frozen=True, slots=True)
class PageSettings:
    """The status page; section [page]."""

    listen: str = option(
        "127.0.0.1:8900", "Address and port to listen at; empty for no page.", metavar="HOST:PORT"
    )
    title: str = option("Status", "The page's title.")
    public_url: str = option("", "Where others reach it, for links in messages.", metavar="URL")
    token: str | None = optional(
        "What to send as `Authorization: Bearer …`, or to log in with, to change anything.",
        lambda text: text or None,
        none="nothing can be changed",
    )
    user: str | None = optional(
        "Name for basic authentication, in place of the token.", lambda text: text or None, "none"
    )
    password: str | None = optional(
        "Its password.", lambda text: text or None, none="none", metavar="PASSWORD"
    )
    private: bool = switch("Ask for the token or password to read, too.")


@dataclass(frozen=True, slots=True)
class ChannelSettings:
    """One way to tell people: its name, its kind (webhook, email, apprise), and what that needs.

    text: a template that takes the place of the messages' own text, "" for none.
    """

    name: str
    kind: str
    options: Mapping[str, object] = field(default_factory=dict)
    text: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """The whole configuration, read and checked.

    controls: URLs of the control targets. files: all that it was read from, lists too. notices:
    what the user should know, and that prevents nothing.
    """

    targets: tuple[MonitorTarget, ...]
    monitor: MonitorSettings = field(default_factory=MonitorSettings)
    own: SelfSettings = field(default_factory=SelfSettings)
    page: PageSettings = field(default_factory=PageSettings)
    fetch: Settings = field(default_factory=Settings)
    channels: tuple[ChannelSettings, ...] = ()
    controls: tuple[str, ...] = ()
    files: tuple[Path, ...] = ()
    notices: tuple[str, ...] = ()
