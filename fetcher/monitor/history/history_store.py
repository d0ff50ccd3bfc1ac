"""The history as the monitor's event loop uses it: a thread does everything that may block."""

import asyncio
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from fetcher.monitor.commit import Commit, OperatorCommand
from fetcher.monitor.history.commit_writer import CommitWriter
from fetcher.monitor.history.history_file import back_up, store_errors
from fetcher.monitor.history.incident_rows import read_orders
from fetcher.monitor.history.open_history import OpenedHistory, open_to_write
from fetcher.monitor.history.queries import LoadedState, load
from fetcher.monitor.history.upkeep import Upkeep, size_of
from fetcher.monitor.plan import MonitorSettings
from fetcher.storage.sqlite_file import empty_log, is_damage, sync_commits

T = TypeVar("T")

_ROWS_A_CALL = 150_000
"""Rows processed by one call of `maintain`, in many small steps."""
_PAGES_A_CALL = 4_000
"""Free pages that one call returns to the file system."""


def open_store(path: str, settings: MonitorSettings, now: float) -> "HistoryStore":
    """Open the database of a monitor as its only writer; it is created if it does not exist.

    A damaged database is renamed and a new one created; `HistoryStore.notice` says so. now: seconds
    since the epoch. Raises StoreError if another monitor uses it, if it is not a monitor's or was
    written by a newer version, or if the system denies access.
    """
    opened = open_to_write(path, settings.max_size, now)
    try:
        with store_errors(opened.path):
            return HistoryStore(opened, settings, now)
    except BaseException:
        opened.close()
        raise


class HistoryStore:
    """The history, the state of all targets, incidents and messages; created by `open_store`.

    Each commit survives the end of this process, however it ends. Commits with incidents, messages
    or orders survive a power failure too, with all commits before them; after others, a power
    failure may undo the last few seconds.

    Methods raise StoreError if the database cannot be read or written; nothing was written then,
    and the call can be repeated. They are for one event loop; if a caller is cancelled, its call
    is carried out anyway.
    """

    def __init__(self, opened: OpenedHistory, settings: MonitorSettings, now: float) -> None:
        self.notice = opened.notice
        """What happened when it was opened, in plain words; "" for nothing."""
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
        """Return what a monitor needs when it starts; blocks."""
        return self._thread.submit(self._guarded, lambda: load(self._file, self._now)).result()

    async def write(self, commit: Commit) -> None:
        """Write a commit, completely or not at all."""
        await self._do(lambda: self._writer.write(commit))

    async def take_orders(self) -> list[OperatorCommand]:
        """Return the orders that no commit has in its `done` yet."""
        return await self._do(lambda: read_orders(self._file))

    async def maintain(self, now: float) -> None:
        """Roll up, and delete what is too old or does not fit; call it every ten seconds or so.

        Works in small steps, a bounded number per call: a commit meanwhile waits for one step.
        """
        rows = 0
        while rows < _ROWS_A_CALL and (done := await self._do(lambda: self._upkeep.step(now))):
            rows += done
        pages = 0
        while pages < _PAGES_A_CALL and (freed := await self._do(self._upkeep.shrink)):
            pages += freed
        await self._do(self._upkeep.shorten_log)

    async def backup(self, path: str) -> None:
        """Copy the database to a new file while it is in use."""
        await asyncio.to_thread(back_up, self._path, path)

    def size(self) -> int:
        """Return the size of the database on disk in bytes, including its log."""
        return size_of(self._path)

    async def close(self) -> None:
        """Finish pending work and close the file; a second call does nothing."""
        if not self._closed:
            self._closed = True
            try:
                await self._do(self._mark_clean)
            finally:
                await asyncio.to_thread(self._thread.shutdown)
                self._opened.close()

    def _mark_clean(self) -> None:
        if self._sound:
            sync_commits(self._file, always=True)
            self._file.execute("UPDATE about SET clean = 1")
            empty_log(self._file)

    async def _do(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._guarded, work)

    def _guarded(self, work: Callable[[], T]) -> T:
        with store_errors(self._path):
            try:
                return work()
            except sqlite3.Error as error:
                # All of it is then verified at the next start.
                self._sound = self._sound and not is_damage(error)
                raise
