"""The options of [defaults], [[targets]] and [[lists]]: when to check, and what follows."""

from dataclasses import dataclass
from typing import Any

from fetcher.monitor.watched import DEFAULT_POLICY
from fetcher.options import duration, many, option, optional, switch, whole
from fetcher.units import format_duration, parse_duration

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
