"""How late an event loop is, for scripts that have one: as `fetcher scrape -v` tells it."""

import asyncio
import sys

EVERY = 0.01


class LoopLag:
    """Wakes up every hundredth of a second; a waking that was missed counts as late as it was."""

    def __init__(self) -> None:
        self.lags: list[float] = []

    def start(self) -> None:
        self.loop = asyncio.get_running_loop()
        self._wait(self.loop.time() + EVERY)

    def _wait(self, due: float) -> None:
        self.loop.call_at(due, self._woken, due)

    def _woken(self, due: float) -> None:
        now = self.loop.time()
        while due <= now:
            self.lags.append(now - due)
            due += EVERY
        self._wait(due)

    def tell(self) -> None:
        lags = sorted(self.lags) or [0.0]
        p99 = lags[len(lags) * 99 // 100]
        print(f"  loop lag: p99 {p99:.3f} s, max {lags[-1]:.3f} s", file=sys.stderr)
