"""[[targets]]: those that are written down one by one.

The options of [defaults], [[targets]] and [[lists]]: when to check, and what follows.

Timings and policies of targets: each different one is made once, however many have it.

URLs as a configuration writes them.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from fetcher import urls
from fetcher.judgement.expectations import Expectations
from fetcher.monitor.config.config_errors import Mistakes, likely
from fetcher.monitor.config.document import Table, make, read_expectations, read_options
from fetcher.monitor.config.maintenance import Announced
from fetcher.monitor.plan import DEFAULT_POLICY, Cron, Interval, MonitorTarget, Policy, Timing
from fetcher.monitor.schedule import parse_cron
from fetcher.options import duration, many, option, optional, switch, whole
from fetcher.units import format_duration, parse_duration
from fetcher.urls import without_login

SHORTEST = 0.1
"""The shortest interval, in seconds: a check itself takes about as long."""


def _interval(text: str) -> float:
    seconds = parse_duration(text)
    if seconds < SHORTEST:
        raise ValueError(f"{text!r} is shorter than {format_duration(SHORTEST)}")
    return seconds


def _time(default: float, help: str, *, zero: bool = False) -> Any:
    return duration(default, help, zero=zero)


def _or_never(help: str) -> Any:
    """Declare a time that may be `never`, so that a target can take back what all others have."""

    def parse(text: str) -> float | None:
        if text.strip().lower() == "never":
            return None
        seconds = parse_duration(text)
        if seconds <= 0:
            raise ValueError(f'{text!r} is not longer than zero; write "never" for not at all')
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
    """What can be set for all targets, for those of a list, and for a single one."""

    interval: float = option(
        60.0,
        "How often it is checked.",
        _interval,
        show=format_duration,
        types=(str, int, float),
        expected='a duration such as "60s"',
        metavar="DURATION",
    )
    cron: str | None = optional(
        "When it is checked, as a cron expression, in place of an interval.",
        lambda text: text.strip() or None,
        none="by interval",
        metavar="CRON",
    )
    timezone: str = option(
        "UTC", "The time zone of the cron expression, such as Europe/Berlin.", metavar="ZONE"
    )
    group: str = option("", "What it belongs to, for the page and for patterns.", str.strip)
    failures_before_down: int = whole(
        DEFAULT_POLICY.failures_before_down, "Failed checks in a row that make it down.", minimum=1
    )
    successes_before_up: int = whole(
        DEFAULT_POLICY.successes_before_up, "Good checks in a row that make it up.", minimum=1
    )
    flap_changes: int = whole(
        DEFAULT_POLICY.flap_changes,
        "After so many incidents within `flap_window` it is flapping; 0: never.",
    )
    flap_window: float = _time(DEFAULT_POLICY.flap_window, "How far back those are counted.")
    flap_quiet: float = _time(
        DEFAULT_POLICY.flap_quiet, "How long a flapping one must be well until that is over."
    )
    alert_degraded: bool = switch(
        "Whether people are told of a degraded one too.", default=DEFAULT_POLICY.alert_degraded
    )
    group_wait: float = _time(
        DEFAULT_POLICY.group_wait,
        "How long to wait for others with the same cause before telling.",
        zero=True,
    )
    remind_every: float | None = _or_never("How often to tell again until someone acknowledges.")
    escalate_after: float | None = _or_never("When to tell `escalate_to` as well.")
    channels: tuple[str, ...] = many("Channels that are told.", str.strip, none="all")
    escalate_to: tuple[str, ...] = many(
        "Channels that are told when nobody has acknowledged.", str.strip
    )


@dataclass(frozen=True, slots=True)
class NamedUrl:
    """What is a single target's own."""

    url: str = option("", "What is asked; without a scheme, https.", str.strip, metavar="URL")
    name: str = option("", "What it is called, and known by across changes of its URL.", str.strip)


@dataclass(frozen=True, slots=True)
class ListFile:
    """Where the targets of a list are, and how it is read."""

    file: str = option("", "A list of URLs, or a pattern such as `lists/*.csv`.", metavar="FILE")
    format: str = option("auto", "Its format, when neither name nor content tell.", str.strip)
    url_column: str | None = optional("The CSV column with the URLs.", str.strip, none="found")
    url_field: str | None = optional("The JSON field with the URL.", str.strip, none="found")
    name_column: str | None = optional(
        "The CSV column or JSON field with names.", str.strip, none="no names"
    )
    group_column: str | None = optional(
        "The CSV column or JSON field with groups.", str.strip, none="`group` for all"
    )


T = TypeVar("T")

_DEFAULT = TargetSettings()


class Sharing:
    """Makes timings and policies from what tables say over what [defaults] say.

    channels: the names of all that there are.
    """

    def __init__(
        self, defaults: Mapping[str, Any], channels: Iterable[str], mistakes: Mistakes
    ) -> None:
        self._defaults = defaults
        self._channels = tuple(channels)
        self._mistakes = mistakes
        self._shared: dict[object, Any] = {}

    def share(self, value: T) -> T:
        """Give the first of those that were equal."""
        shared: T = self._shared.setdefault(value, value)
        return shared

    def timing(self, table: Table, own: Mapping[str, Any]) -> Timing:
        """Say when something is checked; what a table says itself counts before the defaults."""
        if own.get("interval") is not None and own.get("cron") is not None:
            self._mistakes.add(f"{table.where('cron')}: there is an interval too; give only one")
        zone = own.get("timezone") or self._defaults.get("timezone", _DEFAULT.timezone)
        for values in (own, self._defaults):
            if values.get("cron") is not None:
                return self._cron(table, values["cron"], zone)
            if "interval" in values:
                break
        interval = own.get("interval") or self._defaults.get("interval", _DEFAULT.interval)
        return self.share(Interval(interval))

    def policy(self, table: Table, own: Mapping[str, Any]) -> Policy:
        """Say what follows from the verdicts on something."""
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
                self._mistakes.add(f"{table.where(key)}: there is no channel {name!r}{hint}")


def address(text: str) -> str:
    """Normalise a URL, without its fragment; one without a scheme is taken for https.

    Raises ValueError in plain words.
    """
    if not text.strip():
        raise ValueError("it is empty; write a URL")
    try:
        return urls.parse(text if urls.has_scheme(text) else f"https://{text.strip()}").href
    except urls.UrlError as error:
        raise ValueError(f"{text!r} is not a URL to check: {error}") from None


EXPECT = "expect"


@dataclass(frozen=True, slots=True)
class Common:
    """What is the same for all targets: what they share, and what is expected of all."""

    sharing: Sharing
    announced: Announced
    expected: Expectations
    group: str
    mistakes: Mistakes

    def expected_by(self, table: Table) -> Expectations:
        """What a table's own `expect` makes of what is expected of all."""
        raw = table.values.get(EXPECT)
        if raw is None:
            return self.expected
        return self.sharing.share(
            read_expectations(table, raw, self.expected, self.mistakes, f"{EXPECT}.")
        )


def read_target(table: Table, common: Common) -> MonitorTarget | None:
    """Read one target; None when it has no usable URL."""
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
        windows=common.announced.windows_of(key, url, group),
        source=table.source,
    )


def _url(table: Table, values: dict[str, Any], mistakes: Mistakes) -> str | None:
    if "url" not in table.values:
        mistakes.add(f'{table.where()}: it has no url; write url = "https://…"')
    if not values.get("name", "").isprintable():
        mistakes.add(f"{table.where('name')}: it holds characters that cannot be shown")
    if "url" not in values:
        return None
    try:
        return address(values["url"])
    except ValueError as error:
        mistakes.add(f"{table.where('url')}: {error}")
        return None
