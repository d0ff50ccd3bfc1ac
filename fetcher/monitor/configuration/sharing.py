"""Timings and policies of targets: each different one is made once, however many have it."""

from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from fetcher.monitor.configuration.mistakes import Mistakes, likely
from fetcher.monitor.configuration.tables import Table, make
from fetcher.monitor.configuration.target_settings import TargetSettings
from fetcher.monitor.schedule import parse_cron
from fetcher.monitor.watched import Cron, Interval, Policy, Timing

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
