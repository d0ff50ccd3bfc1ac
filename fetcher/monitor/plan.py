"""The whole configuration of a monitor, read and checked: its targets, settings and channels."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from fetcher.judgement.expectations import Expectations
from fetcher.options import duration, option, optional, size, switch, whole
from fetcher.settings import Settings
from fetcher.urls import without_login


@dataclass(frozen=True, slots=True)
class Interval:
    """Checked every `seconds`, at a phase that follows from the target's key."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Cron:
    """Checked when a cron expression says so, in a time zone (IANA name, such as Europe/Berlin)."""

    expression: str
    zone: str = "UTC"


Timing = Interval | Cron


@dataclass(frozen=True, slots=True)
class MaintenanceWindow:
    """A maintenance window of a target; what fails in it opens no incident.

    Recurring: `cron` says when it begins, in `zone`, and `duration` how many seconds it takes.
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

    Attributes:
        failures_before_down: Failed checks in a row before a target gets worse.
        successes_before_up: Successful checks in a row before it gets better.
        flap_changes: After this many incidents within `flap_window`, an incident is closed only
            when the target has been healthy for `flap_quiet`; 0 turns this off.
        flap_window: See there.
        flap_quiet: See there.
        alert_degraded: True to send alerts for degraded targets too.
        group_wait: How long to wait for failures with the same cause before the first message.
        remind_every: How often to send a reminder while nobody has acknowledged; None for never.
        escalate_after: When to notify `escalate_to` as well; None for never.
        channels: Names of the channels to notify.
        escalate_to: Names of the channels to escalate to.
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
    """A target of the monitor; policies, windows and expectations are shared by many.

    Attributes:
        key: What identifies it across reloads and restarts: its name, or else its address.
        url: With a login, if it was written with one; never to be shown.
        timing: When it is checked.
        expected: What a healthy response looks like.
        policy: What follows from verdicts.
        name: For people.
        group: The group that it is listed in, "" for none.
        windows: Its maintenance windows.
        source: Where the configuration names it.
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

    database: str = option("monitor.db", "SQLite file that keeps the history.")
    max_size: int = size(1_000_000_000, "Maximum size of the database on disk.")
    keep_checks: float = _time(2 * 86400.0, "How long to keep individual checks.")
    keep_minutes: float = _time(7 * 86400.0, "How long to keep statistics per minute.")
    keep_hours: float = _time(60 * 86400.0, "How long to keep statistics per hour.")
    keep_days: float = _time(800 * 86400.0, "How long to keep statistics per day, and incidents.")
    give_up_after: float = _time(86400.0, "How long to keep trying to deliver a message.")
    digest_above: int = whole(
        5, "Messages a channel sends one by one within `digest_every`.", minimum=1
    )
    digest_every: float = _time(300.0, "Period after which further messages go out as one digest.")
    log_json: bool = switch("Write the log as JSON, one object per line.")


@dataclass(frozen=True, slots=True)
class SelfSettings:
    """How the monitor finds out whether the fault is its own; section [self].

    A failure counts only if a control target has answered since (any answer will do); without
    control targets, if a target on another host has.
    """

    patience: float = _time(15.0, "How long to wait for an answer that proves connectivity.")
    control_pause: float = _time(5.0, "Minimum time between two checks of the control targets.")
    loop_lag: float = _time(
        1.0, "Ignore timeouts of a moment in which the monitor itself stalled for longer than this."
    )


@dataclass(frozen=True, slots=True)
class PageSettings:
    """The status page; section [page]."""

    listen: str = option(
        "127.0.0.1:8900", "Address and port to listen on; empty for no page.", metavar="HOST:PORT"
    )
    title: str = option("Status", "Title of the page.")
    public_url: str = option("", "Public URL of the page, for links in messages.", metavar="URL")
    token: str | None = optional(
        "Token to send as `Authorization: Bearer …`, or to log in with, to change anything.",
        lambda text: text or None,
        none="nothing can be changed",
    )
    user: str | None = optional(
        "User name for basic authentication, instead of the token.",
        lambda text: text or None,
        "none",
    )
    password: str | None = optional(
        "Password for basic authentication.",
        lambda text: text or None,
        none="none",
        metavar="PASSWORD",
    )
    private: bool = switch("Require the token or password for reading too.")


@dataclass(frozen=True, slots=True)
class ChannelSettings:
    """A channel for alerts: its name, its kind (webhook, email, apprise), and its options.

    text: a template that replaces the usual text of its messages, "" for none.
    """

    name: str
    kind: str
    options: Mapping[str, object] = field(default_factory=dict)
    text: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """The whole configuration, read and checked.

    Attributes:
        targets: The targets to monitor.
        monitor: Section [monitor].
        own: Section [self].
        page: Section [page].
        fetch: Section [fetch].
        channels: The channels for alerts.
        controls: URLs of the control targets.
        files: All files that it was read from, lists included.
        notices: What the user should know, but what prevents nothing.
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
