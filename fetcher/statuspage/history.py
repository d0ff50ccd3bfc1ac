"""Asking the history without holding up the event loop."""

import asyncio
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from fetcher.statuspage.reading import HistoryReader

T = TypeVar("T")

# A second one, so that a long question does not hold up a short one; no more, because they take
# their time from the checks.
_THREADS = 2


class Unreadable(Exception):
    """The history cannot be read now; the message says why."""


class History:
    """A reader, and threads of its own in which it is asked."""

    def __init__(self, reader: HistoryReader) -> None:
        self._reader = reader
        self._threads = ThreadPoolExecutor(_THREADS, "statuspage")

    async def ask(self, question: Callable[[HistoryReader], T]) -> T:
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


def _asked(reader: HistoryReader, question: Callable[[HistoryReader], T]) -> T:
    try:
        return question(reader)
    except (OSError, sqlite3.Error) as error:
        raise Unreadable(f"the history cannot be read: {error}") from error
