"""How many checks a second this machine can do."""

import time
from collections.abc import Callable, Iterable

from fetcher.judgement.expectations import NOTHING_SPECIAL
from fetcher.model import Outcome, Response, Result, Target, Timings
from fetcher.monitor.schedule.rates import rate_of
from fetcher.monitor.watched import Watched

_PLAIN = 60.0
_TLS = 170.0
"""What a check costs, counted in judgements: measured were 43 over plain HTTP and 127 with a TLS
handshake, each target on a host of its own (CPU time of a run against nginx on loopback over that
of `calibrate`, both in one process on CPython 3.11: 240 and 690 µs over 5.5 µs). A third more is
allowed for what becomes of the result. The ratio holds on machines of any speed; the time does
not."""

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


def capacity(targets: Iterable[Watched], clock: Callable[[], float] = time.perf_counter) -> float:
    """How many checks a second this machine can do, of such targets; takes a tenth of a second.

    clock: in seconds. For one process, which keeps one core busy.
    """
    return checks_a_second(targets, calibrate(clock))


def calibrate(clock: Callable[[], float] = time.perf_counter, seconds: float = 0.1) -> float:
    """How long one judgement takes here, in seconds.

    The best of many short tries, so that it hardly matters what else runs.
    """
    # Late: what it brings along takes time that commands which only read the plan need not spend.
    from fetcher.judgement.judge import judge

    began = clock()
    best = float("inf")
    while (start := clock()) - began < seconds:
        for _ in range(_BATCH):
            judge(_HEALTHY, NOTHING_SPECIAL, now=0.0)
        best = min(best, clock() - start)
    return best / _BATCH


def checks_a_second(targets: Iterable[Watched], judgement: float) -> float:
    """How many checks fit in a second, each target as often as it is checked.

    judgement: seconds that one judgement takes.
    """
    checks = work = 0.0
    for target in targets:
        rate = rate_of(target.timing)
        checks += rate
        work += rate * (_TLS if target.url[:6].lower() == "https:" else _PLAIN)
    return (checks / work if checks else 1 / _PLAIN) / judgement
