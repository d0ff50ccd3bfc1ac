"""The whole configuration of a monitor, read and checked."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from fetcher.monitor.watched import Watched
from fetcher.options import duration, option, optional, size, switch, whole
from fetcher.settings import Settings


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

    targets: tuple[Watched, ...]
    monitor: MonitorSettings = field(default_factory=MonitorSettings)
    own: SelfSettings = field(default_factory=SelfSettings)
    page: PageSettings = field(default_factory=PageSettings)
    fetch: Settings = field(default_factory=Settings)
    channels: tuple[ChannelSettings, ...] = ()
    controls: tuple[str, ...] = ()
    files: tuple[Path, ...] = ()
    notices: tuple[str, ...] = ()
