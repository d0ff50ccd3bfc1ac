"""[[targets]]: those that are written down one by one."""

from dataclasses import dataclass
from typing import Any

from fetcher.judgement.expectations import Expectations
from fetcher.monitor.configuration.addresses import address
from fetcher.monitor.configuration.maintenance import Announced
from fetcher.monitor.configuration.mistakes import Mistakes
from fetcher.monitor.configuration.sharing import Sharing
from fetcher.monitor.configuration.tables import Table, read_expectations, read_options
from fetcher.monitor.configuration.target_settings import NamedUrl, TargetSettings
from fetcher.monitor.watched import Watched
from fetcher.urls import without_login

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


def read_target(table: Table, common: Common) -> Watched | None:
    """Read one target; None when it has no usable URL."""
    values = read_options(table, common.mistakes, NamedUrl, TargetSettings, but=EXPECT)
    expected = common.expected_by(table)
    timing, policy = common.sharing.timing(table, values), common.sharing.policy(table, values)
    name, group = values.get("name", ""), values.get("group", common.group)
    url = _url(table, values, common.mistakes)
    if url is None:
        return None
    key = name or without_login(url)
    return Watched(
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
