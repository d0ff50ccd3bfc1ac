"""If a plan is feasible: the checks per second that it needs, against what is available.

The available rate is limited by the settings in [fetch] and by this machine, whose speed is
measured in a tenth of a second.
"""

import math
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from heapq import nlargest

from fetcher.judgement.expectations import NOTHING_SPECIAL
from fetcher.model import Outcome, Response, Result, Target, Timings
from fetcher.monitor.plan import Cron, Interval, MonitorTarget, Plan, Timing
from fetcher.monitor.schedule.cron import cron_times
from fetcher.units import format_duration, format_size, format_span
from fetcher.urls import UrlError, parse

_DAY_SECONDS = 86_400

_QUICK = 0.05
_USUAL = 0.5
"""Duration of a fast check, and of a typical one; in seconds."""
_COMFORTABLE = 0.7
"""The load of a machine that leaves headroom for a bad moment."""
_CHECK_BYTES = 80
"""Size of a single check in the database, at 100,000 targets; with fewer it is smaller."""
_ON_TIME = 1.0
"""A check that begins within this many seconds is on time."""
_SHOWN = 3


@lru_cache(maxsize=4096)
def rate_of(timing: Timing) -> float:
    """Return the checks per second of a timing; for cron, on a day that it names."""
    if isinstance(timing, Interval):
        return 1 / timing.seconds
    return cron_times(timing).each_day / _DAY_SECONDS


def rates_by_host(targets: Iterable[MonitorTarget]) -> Mapping[str, float]:
    """Return the checks per second of each host, by host key; URLs without a host count none."""
    rates: defaultdict[str, float] = defaultdict(float)
    for target in targets:
        if host := _host(target.url):
            rates[host] += rate_of(target.timing)
    return rates


def count_timings(targets: Iterable[MonitorTarget]) -> Counter[Timing]:
    """Return the number of targets of each timing."""
    return Counter([target.timing for target in targets])


def _host(url: str) -> str:
    try:
        return parse(url).host
    except UrlError:
        return ""


@dataclass(frozen=True, slots=True)
class Feasibility:
    """What a plan requires; rates are checks per second.

    rate: of all targets together; those with cron count as on a day that they name. busiest: the
    hosts with the most checks, and their rates. refusals: why it is not feasible. warnings: what
    may go wrong. Both are for people, with numbers and what to change.
    """

    rate: float
    busiest: tuple[tuple[str, float], ...] = ()
    refusals: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


def feasibility(plan: Plan, capacity: float) -> Feasibility:
    """Judge whether a plan is feasible; capacity: checks per second of this machine."""
    hosts = rates_by_host(plan.targets)
    load = _Load(
        plan,
        capacity,
        sum(hosts.values()),
        tuple(nlargest(_SHOWN, hosts.items(), key=lambda item: item[1])),
        tuple(hosts.values()),
    )
    return Feasibility(load.rate, load.busiest, tuple(_refusals(load)), tuple(_warnings(load)))


@dataclass(frozen=True, slots=True)
class _Load:
    """A plan, the load that it causes, and the capacity of this machine."""

    plan: Plan
    capacity: float
    rate: float
    busiest: tuple[tuple[str, float], ...]
    rates: tuple[float, ...]

    def over(self, limit: float) -> str:
        """Name the hosts with more checks per second than `limit`, busiest first; "" if none."""
        named = [f"{host} ({_per_second(rate)})" for host, rate in self.busiest if rate > limit]
        return _some(named, sum(rate > limit for rate in self.rates))


def _refusals(load: _Load) -> Iterator[str]:
    fetch = load.plan.fetch
    if fetch.rate_limit is not None and load.rate > _just_over(fetch.rate_limit):
        yield (
            f"all targets together need {_per_second(load.rate)}, but fetch.rate_limit allows "
            f"{fetch.rate_limit:g}: raise it, or use {_longer(load.rate / fetch.rate_limit)}"
        )
    if load.rate > _just_over(load.capacity):
        yield (
            f"all targets together need {_per_second(load.rate)}, but this machine can do about "
            f"{load.capacity:,.0f}: use {_longer(load.rate / load.capacity)}, or split the list "
            "across several machines"
        )
    if fetch.host_interval and (named := load.over(_just_over(1 / fetch.host_interval))):
        yield (
            f"fetch.host_interval = {format_duration(fetch.host_interval)} allows "
            f"{_per_second(1 / fetch.host_interval)} per host, which is not enough for "
            f"{named}: shorten it, or use longer intervals"
        )
    if named := load.over(_just_over(fetch.host_concurrency / _QUICK)):
        yield (
            f"fetch.host_concurrency = {fetch.host_concurrency} is not enough for {named}, even if "
            f"each check took only {format_duration(_QUICK)}: raise it, or use longer intervals"
        )


def _warnings(load: _Load) -> Iterator[str]:
    yield from _machine(load)
    yield from _slots(load)
    yield from _overlaps(load.plan)
    yield from _crowds(load)
    yield from _database(load)


def _machine(load: _Load) -> Iterator[str]:
    share = load.rate / load.capacity
    if _COMFORTABLE < share <= 1:
        yield (
            f"all targets together need {_per_second(load.rate)}, {share:.0%} of what this machine "
            f"can do: checks may start late; {_longer(share / _COMFORTABLE)} would leave headroom"
        )


def _slots(load: _Load) -> Iterator[str]:
    """Warn of too little concurrency, per host and in total."""
    fetch = load.plan.fetch
    if named := load.over(_just_over(fetch.host_concurrency / _USUAL)):
        yield (
            f"fetch.host_concurrency = {fetch.host_concurrency} is not enough for {named} when a "
            f"check takes {format_duration(_USUAL)}: raise it, or use longer intervals"
        )
    if load.rate > _just_over(fetch.concurrency):
        yield (
            f"fetch.concurrency = {fetch.concurrency} is not enough for {_per_second(load.rate)} "
            f"when each takes a second: raise it to {math.ceil(load.rate - 1e-6)} or more"
        )


def _overlaps(plan: Plan) -> Iterator[str]:
    """Warn of checks that may still be running when the next one is due."""
    short = [
        f"{target.shown} (every {format_duration(target.timing.seconds)})"
        for target in plan.targets
        if isinstance(target.timing, Interval) and target.timing.seconds < plan.fetch.timeout
    ]
    if short:
        yield (
            "a check may still be running when the next one is due, which is then missed, because "
            f"fetch.timeout = {format_duration(plan.fetch.timeout)} is longer than the interval of "
            f"{len(short):,} {_plural('target', str(len(short)))}: "
            f"{_some(short[:_SHOWN], len(short))}"
        )


def _crowds(load: _Load) -> Iterator[str]:
    """Warn of cron expressions by which many targets are due in the same second."""
    limit = load.plan.fetch.rate_limit
    pace = min(load.capacity, limit) if limit else load.capacity
    for timing, count in count_timings(load.plan.targets).most_common():
        if isinstance(timing, Cron) and (wait := count / pace) > _ON_TIME:
            yield (
                f"{count:,} targets are due in the same second by cron {timing.expression!r}, and "
                f"the last of them starts about {format_span(wait)} late: use intervals, which "
                "are spread evenly"
            )


def _database(load: _Load) -> Iterator[str]:
    kept = load.plan.monitor
    needed = load.rate * kept.keep_checks * _CHECK_BYTES
    if needed > kept.max_size:
        fits = kept.max_size / (load.rate * _CHECK_BYTES)
        yield (
            f"single checks take {format_size(load.rate * 86400 * _CHECK_BYTES)} a day "
            f"({load.rate * 86400:,.0f} rows), so monitor.max_size = "
            f"{format_size(kept.max_size)} holds {format_span(fits)} of them, not "
            f"{format_span(kept.keep_checks)} (monitor.keep_checks): raise max_size, or lower "
            "keep_checks"
        )


def _just_over(limit: float) -> float:
    """Allow for the rounding error of a sum of many rates."""
    return limit * (1 + 1e-9)


def _per_second(rate: float) -> str:
    shown = f"{rate:,.1f}".removesuffix(".0") if rate >= 1 else f"{rate:.2g}"
    return f"{shown} {_plural('check', shown)} a second"


def _longer(factor: float) -> str:
    """Say how much longer intervals should be; never rounded down to too little."""
    return f"intervals {math.ceil(factor * 10 - 1e-6) / 10:g} times as long"


def _some(named: Sequence[str], count: int) -> str:
    """List some names, and say how many more there are."""
    others = f" and {count - len(named):,} more" if count > len(named) else ""
    return ", ".join(named) + others


def _plural(word: str, count: str) -> str:
    return word if count == "1" else word + "s"


_PLAIN = 60.0
_TLS = 170.0
"""The cost of a check, in judgements: measured 43 over plain HTTP and 127 with a TLS handshake,
each target on its own host (CPU time of a run against nginx on loopback over that of `calibrate`,
both in one process on CPython 3.11: 240 and 690 µs over 5.5 µs). A third is added for processing
the result. The ratio is the same on machines of any speed; the time is not."""

_HEALTHY = Result(
    Target(0, "https://example.org/"),
    Outcome(
        Response(200, "https://example.org/", "text/html; charset=utf-8", "1.1", "192.0.2.1", 5000),
        attempts=1,
        elapsed=0.1,
        timings=Timings(0.01, 0.02, 0.03, 0.03, 0.01),
    ),
)
_BATCH = 100


def capacity(
    targets: Iterable[MonitorTarget], clock: Callable[[], float] = time.perf_counter
) -> float:
    """Return how many checks of these targets per second one core of this machine can do.

    Takes a tenth of a second. clock: in seconds.
    """
    return checks_a_second(targets, calibrate(clock))


def calibrate(clock: Callable[[], float] = time.perf_counter, seconds: float = 0.1) -> float:
    """Return how long one judgement takes on this machine, in seconds.

    The best of many short runs, so that other load hardly matters.
    """
    # Imported late: it takes time that commands which only read the plan need not spend.
    from fetcher.judgement.judge import judge

    began = clock()
    best = float("inf")
    while (start := clock()) - began < seconds:
        for _ in range(_BATCH):
            judge(_HEALTHY, NOTHING_SPECIAL, now=0.0)
        best = min(best, clock() - start)
    return best / _BATCH


def checks_a_second(targets: Iterable[MonitorTarget], judgement: float) -> float:
    """Return how many checks fit in a second, with each target as often as it is checked.

    judgement: duration of one judgement, in seconds.
    """
    checks = work = 0.0
    for target in targets:
        rate = rate_of(target.timing)
        checks += rate
        work += rate * (_TLS if target.url[:6].lower() == "https:" else _PLAIN)
    return (checks / work if checks else 1 / _PLAIN) / judgement
