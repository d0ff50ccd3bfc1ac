"""Asking the history without holding up the event loop.

What the page asks the history.
"""

import asyncio
import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol, TypeVar

from fetcher.monitor.conditions import Uptime
from fetcher.monitor.history.history_rows import Bucket, CheckRow, Day
from fetcher.monitor.incident import Incident, Message


class HistoryAccess(Protocol):
    """The history, read only; each of these may take a while and is called in a thread.

    Times are seconds since the epoch. Raises OSError or sqlite3.Error when it cannot be read.
    """

    def checks(self, key: str, since: float, until: float, most: int) -> Sequence[CheckRow]:
        """Give the latest checks of a target, newest first."""
        ...

    def series(self, key: str, since: float, until: float, points: int) -> Sequence[Bucket]:
        """Give how a target was, in at most so many stretches, oldest first."""
        ...

    def days(
        self, keys: Iterable[str], first_day: float, last_day: float
    ) -> Mapping[str, Sequence[Day]]:
        """Give the days of targets, oldest first; none where nothing is known."""
        ...

    def uptime(self, key: str, since: float, until: float) -> Uptime:
        """Give how a target's time counts."""
        ...

    def incidents(
        self, before: float | None = None, limit: int = 50, key: str | None = None, text: str = ""
    ) -> Sequence[Incident]:
        """Give incidents that were opened before, newest first.

        Those that were opened together are not parted: there may be more than `limit`.
        """
        ...

    def incident(self, id: str) -> Incident | None:
        """Give one incident, None when there is none with this id."""
        ...

    def messages(self, incident: str) -> Sequence[Message]:
        """Give the messages about an incident, in the order in which they were made."""
        ...


T = TypeVar("T")

# A second one, so that a long question does not hold up a short one; no more, because they take
# their time from the checks.
_THREADS = 2


class HistoryUnavailable(Exception):
    """The history cannot be read now; the message says why."""


class History:
    """A reader, and threads of its own in which it is asked."""

    def __init__(self, reader: HistoryAccess) -> None:
        self._reader = reader
        self._threads = ThreadPoolExecutor(_THREADS, "statuspage")

    async def ask(self, question: Callable[[HistoryAccess], T]) -> T:
        """Put a question, which may be several reads, and give the answer.

        Raises Unreadable.
        """
        return await self.work(lambda: _asked(self._reader, question))

    async def work(self, function: Callable[[], T]) -> T:
        """Do something that takes long and needs no event loop."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, function)

    def close(self) -> None:
        """End the threads, when what they do is done."""
        self._threads.shutdown(wait=False, cancel_futures=True)


def _asked(reader: HistoryAccess, question: Callable[[HistoryAccess], T]) -> T:
    try:
        return question(reader)
    except (OSError, sqlite3.Error) as error:
        raise HistoryUnavailable(f"the history cannot be read: {error}") from error
