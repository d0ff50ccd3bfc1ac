"""The store as the event loop sees it: a thread of its own does what may wait for the disk."""

import asyncio
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from fetcher.monitor.commit import Commit, OperatorCommand
from fetcher.monitor.history.commit_writer import CommitWriter
from fetcher.monitor.history.history_file import back_up, told
from fetcher.monitor.history.incident_rows import read_orders
from fetcher.monitor.history.open_history import OpenedHistory, open_to_write
from fetcher.monitor.history.queries import LoadedState, load
from fetcher.monitor.history.upkeep import Upkeep, size_of
from fetcher.monitor.plan import MonitorSettings
from fetcher.storage.sqlite_file import empty_log, is_damage, sync_commits

T = TypeVar("T")

_ROWS_A_CALL = 150_000
"""How many rows one call of `maintain` takes in hand, in many small steps."""
_PAGES_A_CALL = 4_000
"""How many free pages it gives back to the system."""


def open_store(path: str, settings: MonitorSettings, now: float) -> "HistoryStore":
    """Open the database of a monitor, as the only one that writes to it; made when it is not there.

    One that is damaged is renamed, and a new one begun; `HistoryStore.notice` says so. now: seconds
    since the epoch. Raises StoreError: another monitor uses it, it is not a monitor's, or a newer
    one's, or the system does not let it be used.
    """
    opened = open_to_write(path, settings.max_size, now)
    try:
        with told(opened.path):
            return HistoryStore(opened, settings, now)
    except BaseException:
        opened.close()
        raise


class HistoryStore:
    """The history, the state of all targets, and what people are told; made by `open_store`.

    Each commit outlives the end of this process, however that ends. Those in which people are told
    of something, or have asked for something, outlive a power failure too, with all before them;
    after others, a power failure may undo the last few seconds.

    Its methods raise StoreError when the database cannot be read or written; nothing was written
    then, and the same can be tried again. They are for one event loop; when a caller gives up
    waiting, what it asked for is done all the same.
    """

    def __init__(self, opened: OpenedHistory, settings: MonitorSettings, now: float) -> None:
        self.notice = opened.notice
        """What was found when it was opened and done about it, in plain words; "" for nothing."""
        self._opened = opened
        self._path = opened.path
        self._file = opened.file
        self._now = now
        self._writer = CommitWriter(opened.file)
        self._upkeep = Upkeep(opened.file, opened.path, self._writer, settings)
        # One thread: SQLite lets one write at a time anyway.
        self._thread = ThreadPoolExecutor(1, "monitor-history")
        self._sound = True
        self._closed = False

    def load(self) -> LoadedState:
        """Read what a monitor has to know when it starts; for before it runs."""
        return self._thread.submit(self._told, lambda: load(self._file, self._now)).result()

    async def write(self, commit: Commit) -> None:
        """Write a commit, all of it or nothing."""
        await self._do(lambda: self._writer.write(commit))

    async def take_orders(self) -> list[OperatorCommand]:
        """Read what people have asked for, and no commit has in its `done` yet."""
        return await self._do(lambda: read_orders(self._file))

    async def maintain(self, now: float) -> None:
        """Roll up, and delete what is too old or has no room; for every ten seconds or so.

        In small steps, with a bounded number of them in a call: a commit that comes meanwhile waits
        for one step.
        """
        rows = 0
        while rows < _ROWS_A_CALL and (done := await self._do(lambda: self._upkeep.step(now))):
            rows += done
        pages = 0
        while pages < _PAGES_A_CALL and (freed := await self._do(self._upkeep.shrink)):
            pages += freed
        await self._do(self._upkeep.shorten_log)

    async def backup(self, path: str) -> None:
        """Copy the database to a file that is not there yet, while it is in use."""
        await asyncio.to_thread(back_up, self._path, path)

    def size(self) -> int:
        """Bytes that the database takes on the disk, with its log."""
        return size_of(self._path)

    async def close(self) -> None:
        """Finish what is under way, and let go of the file; doing it twice is harmless."""
        if not self._closed:
            self._closed = True
            try:
                await self._do(self._say_clean)
            finally:
                await asyncio.to_thread(self._thread.shutdown)
                self._opened.close()

    def _say_clean(self) -> None:
        if self._sound:
            sync_commits(self._file, always=True)
            self._file.execute("UPDATE about SET clean = 1")
            empty_log(self._file)

    async def _do(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._told, work)

    def _told(self, work: Callable[[], T]) -> T:
        with told(self._path):
            try:
                return work()
            except sqlite3.Error as error:
                # Then all of it is checked at the next start.
                self._sound = self._sound and not is_damage(error)
                raise
