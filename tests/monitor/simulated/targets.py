"""A few dozen targets: intervals, cron in several zones, shared hosts, every kind of policy."""

from dataclasses import replace

from fetcher.judgement.expectations import NOTHING_SPECIAL
from fetcher.monitor.plan import Cron, Interval, MaintenanceWindow, MonitorTarget, Policy, Timing

TIMEOUT = 10.0
HOUR = 3600.0
DAY = 24 * HOUR

POLICY = Policy(
    failures_before_down=2,
    successes_before_up=2,
    flap_changes=0,
    group_wait=10.0,
    remind_every=6 * HOUR,
    escalate_after=2 * HOUR,
    channels=("team", "boss"),
    escalate_to=("chief",),
)
CHANNELS = ("team", "boss", "chief")
PATIENT = replace(POLICY, failures_before_down=4, successes_before_up=1)
ONLY_DOWN = replace(POLICY, alert_degraded=False)
QUIET = replace(POLICY, channels=(), escalate_to=())
FLAPPING = replace(POLICY, flap_changes=3, flap_window=12 * HOUR, flap_quiet=3 * HOUR)
NIGHTLY = MaintenanceWindow("backup", "30 1 * * *", "Europe/Berlin", 2 * HOUR)

CRONS = (
    Cron("*/20 * * * *", "Europe/Berlin"),
    Cron("30 2 * * *", "Europe/Berlin"),
    Cron("15 1,13 * * 0-5", "America/New_York"),
    Cron("0 */3 * * *", "Australia/Lord_Howe"),
    Cron("5,35 6-22 * * 1-5", "Asia/Kolkata"),
)


def target(
    host: str,
    page: int,
    timing: Timing,
    policy: Policy = POLICY,
    windows: tuple[MaintenanceWindow, ...] = (),
) -> MonitorTarget:
    """A page of a host, named for both."""
    url = f"https://{host}.example/{page}"
    key = f"{host} {page}"
    return MonitorTarget(key, url, timing, NOTHING_SPECIAL, policy, key, host, windows)


SHARED = tuple([target("shop", page, Interval(1800.0)) for page in range(5)])
"""On one host."""

TWINS = tuple([target(f"twin{number}", 0, Interval(2400.0)) for number in range(3)])
"""On hosts that share an address."""

VISITOR = target("visitor", 0, Interval(1200.0))
"""Comes and goes with the configuration."""

FLAPPER = target("flapping", 0, Interval(1200.0), FLAPPING)

RESIDENTS = (
    *SHARED,
    *TWINS,
    *[target(f"cron{number}", 0, timing) for number, timing in enumerate(CRONS)],
    *[target(f"odd{number}", 0, Interval(900.7 + 1000.3 * number)) for number in range(4)],
    target("patient", 0, Interval(1200.0), PATIENT),
    target("only-down", 0, Interval(1800.0), ONLY_DOWN),
    target("quiet", 0, Interval(3600.0), QUIET),
    FLAPPER,
    *[target(f"nightly{number}", 0, Interval(900.0), windows=(NIGHTLY,)) for number in range(2)],
    target("nightly-cron", 0, CRONS[0], windows=(NIGHTLY,)),
)
"""Those that are there all the time."""

EVERYONE = {watched.key: watched for watched in (*RESIDENTS, VISITOR)}


def address_of(watched: MonitorTarget) -> str:
    """Where a target is, when it answers."""
    return "10.0.0.1" if watched in TWINS else f"10.1.0.{len(watched.group)}:{watched.group}"
