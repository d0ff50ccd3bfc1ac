"""Upkeep: keeps the database small and fast, in small steps."""

import sqlite3
from collections import deque
from collections.abc import Callable
from functools import partial
from pathlib import Path

from fetcher.monitor.history.commit_writer import CommitWriter
from fetcher.monitor.history.history_schema import HOUR, MINUTE, floor, milliseconds
from fetcher.monitor.history.open_history import log_size
from fetcher.monitor.history.retention import (
    Cutoffs,
    Purge,
    PurgeStep,
    Retention,
    next_purge,
    used_bytes,
)
from fetcher.monitor.history.rollups import DAYS, HOURS, MINUTES
from fetcher.monitor.plan import MonitorSettings
from fetcher.storage.files import beside
from fetcher.storage.sqlite_file import SIDES, empty_log, shrink

Job = Callable[[], int]
"""Does a bounded piece of work and returns the number of rows; 0 when nothing is left."""

# Late checks of an hour that was rolled up cost a little more, so they should be rare.
_GRACE = 2 * MINUTE
_ROWS_AT_ONCE = 8_000
"""Rows processed while a commit may have to wait: about 20 ms."""
_JOB = 50
"""The cost of a job with nothing to do, in rows."""
_FULL = 0.9
_CROWDED = 0.95
_TEXT_SHARE = 5
"""Texts and streaks may each take 1/5 of a full database."""
_PAGES_AT_ONCE = 500


class Upkeep:
    """Rolls up, and deletes what is too old or does not fit.

    Once an hour it processes all blocks of targets; in between there is nothing to do, unless the
    database is too large.
    """

    def __init__(
        self, file: sqlite3.Connection, path: Path, writer: CommitWriter, settings: MonitorSettings
    ) -> None:
        self._file = file
        self._path = path
        self._writer = writer
        self._settings = settings
        self._retention = Retention(file, writer.target_ids)
        self._purge = Purge(file, writer.target_ids, writer.checks)
        self._jobs: deque[Job] = deque()
        self._done_until = 0

    def step(self, now: float) -> int:
        """Do a bounded piece of work in one transaction; now: seconds since the epoch.

        Returns the approximate number of rows processed; 0 if there is nothing to do.
        """
        if not self._jobs:
            self._plan(milliseconds(now))
        if not self._jobs:
            return 0
        rows = 0
        try:
            with self._writer.transaction():
                while self._jobs and rows < _ROWS_AT_ONCE:
                    rows += self._work(self._jobs[0])
        except BaseException:
            # Some of the jobs taken from the list were rolled back.
            self._jobs.clear()
            self._done_until = 0
            raise
        return rows

    def shrink(self) -> int:
        """Return some free pages to the file system if the file is too large.

        Returns the number of pages.
        """
        if size_of(self._path) <= _CROWDED * self._settings.max_size:
            return 0
        return shrink(self._file, _PAGES_AT_ONCE)

    def shorten_log(self) -> None:
        """Empty the log if it has become too long, which long reads can cause."""
        if log_bytes(self._path) > 2 * log_size(self._settings.max_size):
            empty_log(self._file)

    def is_full(self) -> bool:
        """Return True if something has to be deleted for lack of space."""
        used = used_bytes(self._file) + log_bytes(self._path)
        return used > _FULL * self._settings.max_size

    def _work(self, job: Job) -> int:
        done = job()
        if not done:
            self._jobs.popleft()
        return done + _JOB

    def _plan(self, now: int) -> None:
        cutoffs = self._cutoffs(now)
        if cutoffs.roll > self._done_until:
            self._done_until = cutoffs.roll
            for block in self._writer.target_ids.blocks:
                self._jobs.append(partial(self._retention.tend, block, cutoffs))
            self._jobs += self._purge.jobs(cutoffs.days, cutoffs.days, now)
        elif self.is_full():
            if jobs := self._purge.text_jobs(self._settings.max_size // _TEXT_SHARE):
                self._jobs += jobs
            elif step := next_purge(self._file, now):
                self._plan_purge(step, cutoffs, now)

    def _plan_purge(self, step: PurgeStep, cutoffs: Cutoffs, now: int) -> None:
        for block in self._writer.target_ids.blocks:
            if step.table == "checks":
                self._jobs.append(partial(self._retention.drop, block, step.before))
            for level in (MINUTES, HOURS, DAYS):
                if step.table == level.table:
                    self._jobs.append(partial(self._retention.trim, level, block, step.before))
        if step.table == DAYS.table:
            self._jobs += self._purge.jobs(step.before, cutoffs.days, now)

    def _cutoffs(self, now: int) -> Cutoffs:
        keep = self._settings
        kept = (keep.keep_checks, keep.keep_minutes, keep.keep_hours, keep.keep_days)
        # Full hours, because this runs once an hour.
        return Cutoffs(
            floor(now - _GRACE, HOUR), *(floor(now - milliseconds(time), HOUR) for time in kept)
        )


def size_of(path: Path) -> int:
    """Return the size of a database on disk, in bytes."""
    return sum(_bytes(beside(path, side)) for side in SIDES[:2])


def log_bytes(path: Path) -> int:
    """Return the size of its log, in bytes."""
    return _bytes(beside(path, SIDES[1]))


def _bytes(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0
