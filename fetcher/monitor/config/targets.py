"""[[targets]]: the single targets, and the options that they share with [defaults] and [[lists]].

Equal timings, policies and expectations are created once, however many targets have them.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from fetcher import urls
from fetcher.config import likely
from fetcher.judgement.expectations import Expectations
from fetcher.monitor.config.config_errors import Mistakes
from fetcher.monitor.config.document import Table, make, read_expectations, read_options
from fetcher.monitor.config.maintenance import MaintenancePlan
from fetcher.monitor.plan import DEFAULT_POLICY, Cron, Interval, MonitorTarget, Policy, Timing
from fetcher.monitor.schedule import parse_cron
from fetcher.options import duration, many, option, optional, switch, whole
from fetcher.units import format_duration, parse_duration
from fetcher.urls import without_login

T = TypeVar("T")

EXPECT = "expect"
SHORTEST = 0.1
"""The shortest interval, in seconds: about the duration of a check."""


def _interval(text: str) -> float:
    seconds = parse_duration(text)
    if seconds < SHORTEST:
        raise ValueError(f"{text!r} is shorter than {format_duration(SHORTEST)}")
    return seconds


def _time(default: float, help: str, *, zero: bool = False) -> Any:
    return duration(default, help, zero=zero)


def _or_never(help: str) -> Any:
    """Declare a duration that may be `never`, so that a target can override the defaults."""

    def parse(text: str) -> float | None:
        if text.strip().lower() == "never":
            return None
        seconds = parse_duration(text)
        if seconds <= 0:
            raise ValueError(f'{text!r} is not longer than zero; write "never" to turn it off')
        return seconds

    return option(
        None,
        help,
        parse,
        show=lambda seconds: "never" if seconds is None else format_duration(seconds),
        types=(str, int, float),
        expected='a duration such as "30m", or "never"',
        metavar="DURATION",
    )


@dataclass(frozen=True, slots=True)
class TargetSettings:
    """The options of all targets, of those of a list, and of a single one."""

    interval: float = option(
        60.0,
        "Interval between checks.",
        _interval,
        show=format_duration,
        types=(str, int, float),
        expected='a duration such as "60s"',
        metavar="DURATION",
    )
    cron: str | None = optional(
        "Cron expression of the checks, instead of an interval.",
        lambda text: text.strip() or None,
        none="by interval",
        metavar="CRON",
    )
    timezone: str = option(
        "UTC", "Time zone of the cron expression, such as Europe/Berlin.", metavar="ZONE"
    )
    group: str = option("", "Group of the target, for the page and for patterns.", str.strip)
    failures_before_down: int = whole(
        DEFAULT_POLICY.failures_before_down, "Consecutive failures before it is down.", minimum=1
    )
    successes_before_up: int = whole(
        DEFAULT_POLICY.successes_before_up, "Consecutive successes before it is up.", minimum=1
    )
    flap_changes: int = whole(
        DEFAULT_POLICY.flap_changes,
        "Incidents within `flap_window` after which it is flapping; 0: never.",
    )
    flap_window: float = _time(DEFAULT_POLICY.flap_window, "Period in which those are counted.")
    flap_quiet: float = _time(
        DEFAULT_POLICY.flap_quiet, "How long a flapping target must stay up until that is over."
    )
    alert_degraded: bool = switch(
        "Alert on degraded targets too.", default=DEFAULT_POLICY.alert_degraded
    )
    group_wait: float = _time(
        DEFAULT_POLICY.group_wait,
        "How long to wait for others with the same cause before alerting.",
        zero=True,
    )
    remind_every: float | None = _or_never("Interval of reminders until someone acknowledges.")
    escalate_after: float | None = _or_never("When to alert `escalate_to` as well.")
    channels: tuple[str, ...] = many("Channels to alert.", str.strip, none="all")
    escalate_to: tuple[str, ...] = many("Channels to alert if nobody has acknowledged.", str.strip)


@dataclass(frozen=True, slots=True)
class NamedUrl:
    """The options of a single target only."""

    url: str = option("", "URL to check; https without a scheme.", str.strip, metavar="URL")
    name: str = option("", "Name, which identifies it even if its URL changes.", str.strip)


@dataclass(frozen=True, slots=True)
class ListFile:
    """The options of a list only: its files, and how they are read."""

    file: str = option("", "List of URLs, or a pattern such as `lists/*.csv`.", metavar="FILE")
    format: str = option("auto", "Format, if name and content do not tell.", str.strip)
    url_column: str | None = optional("CSV column with the URLs.", str.strip, none="detected")
    url_field: str | None = optional("JSON field with the URL.", str.strip, none="detected")
    name_column: str | None = optional(
        "CSV column or JSON field with names.", str.strip, none="no names"
    )
    group_column: str | None = optional(
        "CSV column or JSON field with groups.", str.strip, none="`group` for all"
    )


_DEFAULT = TargetSettings()


class Sharing:
    """Creates timings and policies from tables on top of [defaults]; equal ones are shared.

    channels: the names of all channels.
    """

    def __init__(
        self, defaults: Mapping[str, Any], channels: Iterable[str], mistakes: Mistakes
    ) -> None:
        self._defaults = defaults
        self._channels = tuple(channels)
        self._mistakes = mistakes
        self._shared: dict[object, Any] = {}

    def share(self, value: T) -> T:
        """Return the first of equal values."""
        shared: T = self._shared.setdefault(value, value)
        return shared

    def timing(self, table: Table, own: Mapping[str, Any]) -> Timing:
        """Return the timing of a target or list; its own table takes precedence over [defaults]."""
        if own.get("interval") is not None and own.get("cron") is not None:
            self._mistakes.add(f"{table.where('cron')}: cannot be combined with interval")
        zone = own.get("timezone") or self._defaults.get("timezone", _DEFAULT.timezone)
        for values in (own, self._defaults):
            if values.get("cron") is not None:
                return self._cron(table, values["cron"], zone)
            if "interval" in values:
                break
        interval = own.get("interval") or self._defaults.get("interval", _DEFAULT.interval)
        return self.share(Interval(interval))

    def policy(self, table: Table, own: Mapping[str, Any]) -> Policy:
        """Return the policy of a target or list."""
        values = {"channels": self._channels, **self._defaults, **own}
        for key in ("channels", "escalate_to"):
            self._check_names(table, key, own.get(key, ()))
        return self.share(make(Policy, values))

    def _cron(self, table: Table, expression: str, zone: str) -> Timing:
        timing = Cron(expression, zone)
        if timing not in self._shared:
            try:
                parse_cron(expression, zone)
            except ValueError as error:
                self._mistakes.add(f"{table.where('cron')}: {error}")
        return self.share(timing)

    def _check_names(self, table: Table, key: str, names: Iterable[str]) -> None:
        for name in names:
            if name not in self._channels:
                hint = likely(name, self._channels)
                self._mistakes.add(f"{table.where(key)}: unknown channel {name!r}{hint}")


def address(text: str) -> str:
    """Normalize a URL, without its fragment; https is assumed without a scheme.

    Raises ValueError.
    """
    if not text.strip():
        raise ValueError("empty; write a URL")
    try:
        return urls.parse(text if urls.has_scheme(text) else f"https://{text.strip()}").href
    except urls.UrlError as error:
        raise ValueError(f"{text!r} is not a valid URL: {error}") from None


@dataclass(frozen=True, slots=True)
class Common:
    """What all targets have in common: shared values, maintenance, expectations and group."""

    sharing: Sharing
    maintenance: MaintenancePlan
    expected: Expectations
    group: str
    mistakes: Mistakes

    def expected_by(self, table: Table) -> Expectations:
        """Return the common expectations with those of a table's own `expect` on top."""
        raw = table.values.get(EXPECT)
        if raw is None:
            return self.expected
        return self.sharing.share(
            read_expectations(table, raw, self.expected, self.mistakes, f"{EXPECT}.")
        )


def read_target(table: Table, common: Common) -> MonitorTarget | None:
    """Read one target; None if it has no valid URL."""
    values = read_options(table, common.mistakes, NamedUrl, TargetSettings, but=EXPECT)
    expected = common.expected_by(table)
    timing, policy = common.sharing.timing(table, values), common.sharing.policy(table, values)
    name, group = values.get("name", ""), values.get("group", common.group)
    url = _url(table, values, common.mistakes)
    if url is None:
        return None
    key = name or without_login(url)
    return MonitorTarget(
        key=key,
        url=url,
        timing=timing,
        expected=expected,
        policy=policy,
        name=name,
        group=group,
        windows=common.maintenance.windows_of(key, url, group),
        source=table.source,
    )


def _url(table: Table, values: dict[str, Any], mistakes: Mistakes) -> str | None:
    if "url" not in table.values:
        mistakes.add(f'{table.where()}: missing url; write url = "https://…"')
    if not values.get("name", "").isprintable():
        mistakes.add(f"{table.where('name')}: contains characters that cannot be shown")
    if "url" not in values:
        return None
    try:
        return address(values["url"])
    except ValueError as error:
        mistakes.add(f"{table.where('url')}: {error}")
        return None
