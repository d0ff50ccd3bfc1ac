"""Six pages on three hosts, with a policy that has a bit of everything."""

from fetcher.judgement.expectations import NOTHING_SPECIAL
from fetcher.monitor.plan import Interval, MonitorTarget, Policy

CHANNELS = ("team", "boss")
POLICY = Policy(
    failures_before_down=2,
    successes_before_up=2,
    flap_changes=3,
    flap_window=600.0,
    flap_quiet=120.0,
    group_wait=10.0,
    remind_every=300.0,
    channels=CHANNELS,
)
TARGETS = tuple(
    [
        MonitorTarget(
            f"page-{number}",
            f"https://host-{number % 3}.example/{number}",
            Interval(60.0),
            NOTHING_SPECIAL,
            POLICY,
            group=f"group-{number % 2}",
        )
        for number in range(6)
    ]
)
BEGAN = 1_800_000_000.0
