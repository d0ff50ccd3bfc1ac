"""Pages that are put together, to travel as one."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from fetcher.model import RawPage
from fetcher.parsing.parsed import Parsed

BATCH_BYTES = 256_000
"""A batch this large keeps a worker busy for many times as long as it takes to send."""
LINGER = 0.002
"""How long, in seconds, a page waits for others to travel with."""
AT_HAND = 2
"""So many batches for each worker are enough: while one is parsed, the next lies ready."""
_REST = 500
"""Bytes of a page beside its body, roughly."""


@dataclass(slots=True, eq=False)
class Errand:
    """A page on its way, and who waits for what becomes of it.

    again: whether it is sent a second time, after it was lost.
    """

    page: RawPage
    answer: asyncio.Future[Parsed]
    again: bool = False

    @property
    def size(self) -> int:
        """Bytes that travel."""
        return len(self.page.body) + _REST


class Collector:
    """Puts pages together until they are a batch, or until the workers need one.

    send: takes each batch. workers: how many there are.
    """

    def __init__(self, send: Callable[[list[Errand]], None], workers: int) -> None:
        self._send = send
        self._enough = workers * AT_HAND
        self._gathered: list[Errand] = []
        self._bytes = 0
        self._sent = 0
        self._timer: asyncio.TimerHandle | None = None

    def add(self, errand: Errand) -> None:
        """Send a page along with others."""
        if self._gathered and self._bytes + errand.size > BATCH_BYTES:
            self._leave()
        self._gathered.append(errand)
        self._bytes += errand.size
        if self._bytes >= BATCH_BYTES:
            self._leave()
        elif self._timer is None and self._sent < self._enough:
            self._timer = asyncio.get_running_loop().call_later(LINGER, self._leave)

    def send_alone(self, errand: Errand) -> None:
        """Send a page without others."""
        self._sent += 1
        self._send([errand])

    def came_back(self) -> None:
        """Hear that a batch is done."""
        self._sent -= 1
        if self._gathered and self._timer is None and self._sent < self._enough:
            self._leave()

    def _leave(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        batch, self._gathered, self._bytes = self._gathered, [], 0
        self._sent += 1
        self._send(batch)
