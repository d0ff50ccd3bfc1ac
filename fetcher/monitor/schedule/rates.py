"""How many checks a second a list of targets comes to."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from functools import lru_cache

from fetcher.monitor.schedule.crontimes import cron_times
from fetcher.monitor.watched import Interval, Timing, Watched
from fetcher.urls import UrlError, parse

_DAY_SECONDS = 86_400


@lru_cache(maxsize=4096)
def rate_of(timing: Timing) -> float:
    """How many checks a second a timing makes; of a cron expression, on a day that it names."""
    if isinstance(timing, Interval):
        return 1 / timing.seconds
    return cron_times(timing).each_day / _DAY_SECONDS


def rates_by_host(targets: Iterable[Watched]) -> Mapping[str, float]:
    """How many checks a second each host gets, by host key; URLs without one make none."""
    rates: defaultdict[str, float] = defaultdict(float)
    for target in targets:
        if host := _host(target.url):
            rates[host] += rate_of(target.timing)
    return rates


def count_timings(targets: Iterable[Watched]) -> Counter[Timing]:
    """How many targets have each timing."""
    return Counter([target.timing for target in targets])


def _host(url: str) -> str:
    try:
        return parse(url).host
    except UrlError:
        return ""
