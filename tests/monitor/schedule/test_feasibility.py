"""Whether a plan can be kept, and what people are told."""

from collections.abc import Iterable

import pytest

from fetcher.judgement.expectations import NOTHING_SPECIAL
from fetcher.monitor.plan import Cron, Interval, MonitorSettings, MonitorTarget, Plan, Timing
from fetcher.monitor.schedule import feasibility
from fetcher.settings import Settings

PATIENT = Settings(timeout=1.0, concurrency=10_000)
MUCH = MonitorSettings(max_size=10**15)


def watched(url: str, timing: Timing) -> MonitorTarget:
    """A target."""
    return MonitorTarget(url, url, timing, NOTHING_SPECIAL)


def spread(number: int, seconds: float, hosts: int = 10**6) -> tuple[MonitorTarget, ...]:
    """So many targets, checked every so many seconds, on so many hosts."""
    return tuple(
        watched(f"https://h{i % hosts}.example/{i}", Interval(seconds)) for i in range(number)
    )


def told(
    targets: Iterable[MonitorTarget],
    fetch: Settings = PATIENT,
    capacity: float = 1e6,
    monitor: MonitorSettings = MUCH,
) -> tuple[list[str], list[str]]:
    """The refusals and the warnings."""
    found = feasibility(Plan(tuple(targets), monitor, fetch=fetch), capacity)
    return list(found.refusals), list(found.warnings)


def settings(**options: object) -> Settings:
    """Settings that leave room for everything else."""
    return Settings(**{"timeout": 1.0, "concurrency": 10_000, **options})  # type: ignore[arg-type]


def test_a_modest_plan_is_no_trouble() -> None:
    """A thousand targets a minute, with all defaults but the time limit."""
    assert told(spread(1000, 60.0), Settings(timeout=10.0), 2000.0, MonitorSettings()) == ([], [])
    assert told([]) == ([], [])


def test_rates_are_added_up() -> None:
    """In all, and by host, whatever their timing is; the busiest first."""
    targets = [
        *spread(100, 10.0, hosts=1),
        watched("https://h1.example:8443/", Interval(0.5)),
        watched("https://h2.example/", Cron("*/10 8-17 * * *")),
        watched("nonsense", Interval(1.0)),
    ]
    found = feasibility(Plan(tuple(targets)), 1e6)
    assert found.rate == pytest.approx(12 + 60 / 86_400)
    assert found.busiest == (
        ("h0.example", pytest.approx(10)),
        ("h1.example:8443", 2.0),
        ("h2.example", 60 / 86_400),
    )


def test_more_than_the_rate_limit_is_refused() -> None:
    """With both numbers and what would do; exactly as much is allowed."""
    assert told(spread(600, 10.0), settings(rate_limit=60.0)) == ([], [])
    [refusal], _ = told(spread(600, 10.0), settings(rate_limit=50.0))
    assert refusal == (
        "all targets together need 60 checks a second, but fetch.rate_limit allows 50: raise it, "
        "or use intervals 1.2 times as long"
    )


def test_more_than_the_machine_can_do_is_refused() -> None:
    """A plan that this machine cannot keep is told so before it begins."""
    [refusal], warnings = told(spread(1000, 1.0), capacity=800.0)
    assert refusal == (
        "all targets together need 1,000 checks a second, but this machine can do about 800: use "
        "intervals 1.3 times as long, or split the list across several machines"
    )
    assert warnings == []


def test_most_of_what_the_machine_can_do_is_warned_of() -> None:
    """From seven tenths on there is little room for a bad moment."""
    assert told(spread(700, 1.0), capacity=1000.0) == ([], [])
    _, [warning] = told(spread(770, 1.0), capacity=1000.0)
    assert "77% of what this machine can do" in warning
    assert "intervals 1.1 times as long would leave headroom" in warning


def test_more_than_the_pause_between_two_requests_allows_is_refused() -> None:
    """The busiest hosts are named, and how many others there are."""
    targets = spread(50, 9.0, hosts=5)
    assert told(targets, settings(host_interval=0.9)) == ([], [])
    [refusal], _ = told(targets, settings(host_interval=1.0))
    assert refusal == (
        "fetch.host_interval = 1s allows 1 check a second per host, which is not enough for "
        "h0.example (1.1 checks a second), h1.example (1.1 checks a second), h2.example (1.1 "
        "checks a second) and 2 more: shorten it, or use longer intervals"
    )


def test_a_host_without_enough_slots_is_refused_or_warned_of() -> None:
    """By what each check takes at best, and commonly."""
    assert told(spread(8, 1.0, hosts=1), settings(host_concurrency=4)) == ([], [])
    [], [warning] = told(spread(9, 1.0, hosts=1), settings(host_concurrency=4))
    assert warning.startswith(
        "fetch.host_concurrency = 4 is not enough for h0.example (9 checks a second) when a check "
        "takes 500ms"
    )
    assert told(spread(80, 1.0, hosts=1), settings(host_concurrency=4))[0] == []
    [refusal], _ = told(spread(81, 1.0, hosts=1), settings(host_concurrency=4))
    assert "for h0.example (81 checks a second), even if each check took only 50ms" in refusal


def test_too_few_requests_at_once_are_warned_of() -> None:
    """A check may take a second."""
    assert told(spread(100, 1.0), settings(concurrency=100)) == ([], [])
    [], [warning] = told(spread(100, 1.0), settings(concurrency=99))
    assert warning == (
        "fetch.concurrency = 99 is not enough for 100 checks a second when each takes a second: "
        "raise it to 100 or more"
    )


def test_an_interval_shorter_than_the_time_limit_is_warned_of() -> None:
    """How many targets it concerns, and the first three."""
    assert told(spread(5, 10.0), settings(timeout=10.0)) == ([], [])
    [], [warning] = told(spread(5, 10.0), settings(timeout=11.0))
    assert warning.endswith(
        "because fetch.timeout = 11s is longer than the interval of 5 targets: "
        "https://h0.example/0 (every 10s), https://h1.example/1 (every 10s), "
        "https://h2.example/2 (every 10s) and 2 more"
    )


def test_a_crowd_at_one_moment_is_warned_of() -> None:
    """Cron expressions are not spread; a rate limit counts as well."""
    crowd = [watched(f"https://h{i}.example/", Cron("0 3 * * *")) for i in range(1000)]
    assert told(crowd, capacity=1000.0) == ([], [])
    [], [warning] = told(crowd, settings(rate_limit=10.0), capacity=1000.0)
    assert warning == (
        "1,000 targets are due in the same second by cron '0 3 * * *', and the last of them starts "
        "about 1 min 40 s late: use intervals, which are spread evenly"
    )


def test_a_database_that_is_too_small_is_warned_of() -> None:
    """How much comes in a day, and how long it can be kept."""
    _, [warning] = told(spread(1000, 1.0), monitor=MonitorSettings())
    assert warning == (
        "single checks take 6.9 GB a day (86,400,000 rows), so monitor.max_size = 1.0 GB holds "
        "3 h 28 min of them, not 2 d (monitor.keep_checks): raise max_size, or lower keep_checks"
    )
