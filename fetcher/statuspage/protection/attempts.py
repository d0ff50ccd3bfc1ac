"""How often a wrong token or password may be tried."""

from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass, field

MOST = 10
"""Wrong tries from one address within a window."""

WINDOW = 60.0
"""Seconds."""

_ADDRESSES = 10_000


@dataclass(slots=True)
class Attempts:
    """Counts wrong tries by the address they come from; now: a clock in seconds.

    Remembers the latest tries of so many addresses and no more, whoever asks.
    """

    now: Callable[[], float]
    _wrong: OrderedDict[str, deque[float]] = field(default_factory=OrderedDict)

    def wait(self, address: str) -> float:
        """Say how many seconds an address has to wait until it may try again; 0 for not at all."""
        tries = self._wrong.get(address)
        if tries is None or len(tries) < MOST:
            return 0.0
        return max(tries[0] + WINDOW - self.now(), 0.0)

    def failed(self, address: str) -> None:
        """Note a wrong try."""
        tries = self._wrong.setdefault(address, deque(maxlen=MOST))
        tries.append(self.now())
        self._wrong.move_to_end(address)
        if len(self._wrong) > _ADDRESSES:
            self._wrong.popitem(last=False)
