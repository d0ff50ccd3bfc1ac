"""When to retry: tenacity decides, the frontier waits.

Only failures come here: tenacity around a successful call costs an eighth to a third of a request.
And no coroutine sleeps here: the frontier does not start the target before the delay is over, so
that it holds no slot and no connection meanwhile.
"""

import random
from collections.abc import Callable

import tenacity

from fetcher.http_fields import parse_retry_after
from fetcher.settings import Settings
from fetcher.transport.base import Exchange

RETRIED_STATUSES = frozenset({408, 425, 429, 500, 502, 503, 504})
"""Transient statuses (RFC 9110 sections 15.5.9 and 15.6, RFC 6585, RFC 8470)."""


class Retrying:
    """Decides how long to wait before the next try of a target, or that there is none.

    rng: for the jitter. now: the wall clock, seconds since the epoch (for a Retry-After that is a
    date).
    """

    def __init__(self, settings: Settings, rng: random.Random, now: Callable[[], float]) -> None:
        self._longest = settings.retry_max_wait
        self._first = settings.retry_wait
        self._rng = rng
        self._now = now
        self._tenacity = tenacity.Retrying(
            stop=tenacity.stop_after_attempt(settings.retries + 1),
            wait=self._wait,
            retry=tenacity.retry_if_result(can_pass),
            retry_error_callback=lambda state: None,
        )

    def delay(self, exchange: Exchange, attempt: int) -> float | None:
        """Return the seconds to wait after this try (the first is 1), None if it was the last."""
        state = tenacity.RetryCallState(self._tenacity, None, (), {})
        state.attempt_number = attempt
        state.set_result(exchange)
        self._tenacity.begin()
        action = self._tenacity.iter(state)
        return float(action) if isinstance(action, tenacity.DoSleep) else None

    def retry_after(self, exchange: Exchange) -> float | None:
        """Return the seconds that the host asks all clients to wait, capped; None for none."""
        if exchange.status not in (429, 503):
            return None
        seconds = parse_retry_after(exchange.header("Retry-After"), self._now())
        return None if seconds is None else min(seconds, self._longest)

    def _wait(self, state: tenacity.RetryCallState) -> float:
        assert state.outcome is not None
        asked = self.retry_after(state.outcome.result())
        # Capped before the power: 2.0 ** 1024 overflows, and --retries has no upper limit.
        ceiling = min(self._first * 2.0 ** min(state.attempt_number - 1, 60), self._longest)
        # Half fixed and half random, so that retries are neither immediate nor simultaneous.
        jittered = ceiling * (0.5 + self._rng.random() / 2)
        return max(asked or 0.0, min(jittered, self._longest))


def can_pass(exchange: Exchange) -> bool:
    """Return True if the failure is transient: another try may succeed."""
    if exchange.failure is not None:
        return exchange.failure.can_pass
    return exchange.status in RETRIED_STATUSES
