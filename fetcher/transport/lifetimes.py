"""A connection lives while its host has pending work, and no longer."""

import asyncio
from collections.abc import Callable
from typing import Any

from fetcher.urls import Url

SWEEP = 1.0
"""How often idle connections are looked at, in seconds, while there are any."""


class Lifetimes:
    """Knows the idle connections of each origin and lets go of those that nobody needs.

    waiting: how many requests wait for a URL's host. A connection is aiohttp's protocol object.
    """

    def __init__(self, waiting: Callable[[Url], int]) -> None:
        self._waiting = waiting
        self._idle: dict[Any, Url] = {}
        self._counts: dict[str, int] = {}
        self._timer: asyncio.TimerHandle | None = None

    def keep(self, connection: Any, url: Url, *, redirected: bool) -> bool:
        """Whether a connection whose answer has come may wait for another request.

        redirected: the answer sends us on to the same origin, by a request nobody waits for yet.
        """
        if connection.should_close:
            return False
        if self._waiting(url) + redirected <= self._counts.get(url.origin, 0):
            return False
        self._idle[connection] = url
        self._counts[url.origin] = self._counts.get(url.origin, 0) + 1
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(SWEEP, self._sweep)
        return True

    def taken(self, connection: Any) -> None:
        """A connection is in use, for the first time or again."""
        url = self._idle.pop(connection, None)
        if url is not None:
            self._counts[url.origin] -= 1
            if not self._counts[url.origin]:
                del self._counts[url.origin]

    def close(self) -> None:
        """Stop looking at them."""
        if self._timer is not None:
            self._timer.cancel()

    def _sweep(self) -> None:
        """Close what was kept for a request that never came: a refused redirect, for example."""
        for connection, url in list(self._idle.items()):
            if not connection.is_connected():
                self.taken(connection)
            elif self._waiting(url) < self._counts[url.origin]:
                self.taken(connection)
                connection.close()
        self._timer = None
        if self._idle:
            self._timer = asyncio.get_running_loop().call_later(SWEEP, self._sweep)
