"""Access to the history without blocking the event loop, and the protocol of its reader."""

import asyncio
import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol, TypeVar

from fetcher.monitor.conditions import Uptime
from fetcher.monitor.history.history_rows import Bucket, CheckRow, Day
from fetcher.monitor.incident import Incident, Message


class HistoryAccess(Protocol):
    """The history, read only; each method may take a while and is called in a thread.

    Times are seconds since the epoch. Raises OSError or sqlite3.Error if it cannot be read.
    """

    def checks(self, key: str, since: float, until: float, most: int) -> Sequence[CheckRow]:
        """Return the latest checks of a target, newest first."""
        ...

    def series(self, key: str, since: float, until: float, points: int) -> Sequence[Bucket]:
        """Return the checks of a target in at most `points` buckets, oldest first."""
        ...

    def days(
        self, keys: Iterable[str], first_day: float, last_day: float
    ) -> Mapping[str, Sequence[Day]]:
        """Return the days of targets, oldest first; none for days without data."""
        ...

    def uptime(self, key: str, since: float, until: float) -> Uptime:
        """Return how a target's time counts."""
        ...

    def incidents(
        self, before: float | None = None, limit: int = 50, key: str | None = None, text: str = ""
    ) -> Sequence[Incident]:
        """Return incidents opened before a time, newest first.

        Incidents opened at the same time are not separated: there may be more than `limit`.
        """
        ...

    def incident(self, id: str) -> Incident | None:
        """Return one incident, None if there is none with this id."""
        ...

    def messages(self, incident: str) -> Sequence[Message]:
        """Return the messages about an incident, in order of creation."""
        ...


T = TypeVar("T")

# Two, so that a long query does not hold up a short one; no more, because they compete with the
# checks for the processor.
_THREADS = 2


class HistoryUnavailable(Exception):
    """The history cannot be read; the message says why."""


class History:
    """A reader and the threads in which it is queried."""

    def __init__(self, reader: HistoryAccess) -> None:
        self._reader = reader
        self._threads = ThreadPoolExecutor(_THREADS, "statuspage")

    async def ask(self, query: Callable[[HistoryAccess], T]) -> T:
        """Run a query, which may read several times. Raises HistoryUnavailable."""
        return await self.work(lambda: _run(self._reader, query))

    async def work(self, function: Callable[[], T]) -> T:
        """Run a slow function that needs no event loop."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, function)

    def close(self) -> None:
        """End the threads once they have finished their work."""
        self._threads.shutdown(wait=False, cancel_futures=True)


def _run(reader: HistoryAccess, query: Callable[[HistoryAccess], T]) -> T:
    try:
        return query(reader)
    except (OSError, sqlite3.Error) as error:
        raise HistoryUnavailable(f"the history cannot be read: {error}") from error
