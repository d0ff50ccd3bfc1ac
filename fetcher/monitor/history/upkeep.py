"""Keeps the database small and quick, a little at a time."""

import sqlite3
from collections import deque
from collections.abc import Callable
from functools import partial
from pathlib import Path

from fetcher.monitor.history.commit_writer import CommitWriter
from fetcher.monitor.history.history_schema import HOUR, MINUTE, floor, milliseconds
from fetcher.monitor.history.open_history import log_size
from fetcher.monitor.history.retention import Cutoffs, Purge, Relief, Retention, relief, used_bytes
from fetcher.monitor.history.rollups import DAYS, HOURS, MINUTES
from fetcher.monitor.plan import MonitorSettings
from fetcher.storage.files import beside
from fetcher.storage.sqlite_file import SIDES, empty_log, shrink

Job = Callable[[], int]
"""Does a bounded piece of work, and returns how many rows that were; 0 when nothing is left."""

# So that hardly a check of an hour comes after the hour was rolled up: those cost a little more.
_GRACE = 2 * MINUTE
_ROWS_AT_ONCE = 8_000
"""How many rows are taken in hand while a commit may have to wait: some 20 ms."""
_JOB = 50
"""What it costs to find that there is nothing to do, in rows."""
_FULL = 0.9
_CROWDED = 0.95
_WORDS = 5
"""What checks say, and failures in a row, may each take one part in so many of a full database."""
_PAGES_AT_ONCE = 500


class Upkeep:
    """Rolls up, drops what is too old, and what there is no room for.

    Once an hour there is a round over all blocks of targets; between two rounds there is nothing to
    do, unless the database is too large.
    """

    def __init__(
        self, file: sqlite3.Connection, path: Path, writer: CommitWriter, settings: MonitorSettings
    ) -> None:
        self._file = file
        self._path = path
        self._writer = writer
        self._settings = settings
        self._retention = Retention(file, writer.roster)
        self._purge = Purge(file, writer.roster, writer.checks)
        self._jobs: deque[Job] = deque()
        self._done_until = 0

    def step(self, now: float) -> int:
        """Do a bounded piece in one transaction; now: seconds since the epoch.

        Returns how many rows were taken in hand, roughly; 0 when there is nothing to do.
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
            # Some of what was taken from the list was not done after all.
            self._jobs.clear()
            self._done_until = 0
            raise
        return rows

    def shrink(self) -> int:
        """Give back a bounded piece of what is free in the file, when it is larger than it may be.

        Returns how many pages that were.
        """
        if size_of(self._path) <= _CROWDED * self._settings.max_size:
            return 0
        return shrink(self._file, _PAGES_AT_ONCE)

    def shorten_log(self) -> None:
        """Empty the log when it has become too long, as it does when someone reads for long."""
        if log_bytes(self._path) > 2 * log_size(self._settings.max_size):
            empty_log(self._file)

    def is_full(self) -> bool:
        """Whether something has to give way."""
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
            for block in self._writer.roster.blocks:
                self._jobs.append(partial(self._retention.tend, block, cutoffs))
            self._jobs += self._purge.jobs(cutoffs.days, cutoffs.days, now)
        elif self.is_full():
            if jobs := self._purge.wordy(self._settings.max_size // _WORDS):
                self._jobs += jobs
            elif way := relief(self._file, now):
                self._relieve(way, cutoffs, now)

    def _relieve(self, way: Relief, cutoffs: Cutoffs, now: int) -> None:
        for block in self._writer.roster.blocks:
            if way.table == "checks":
                self._jobs.append(partial(self._retention.drop, block, way.before))
            for level in (MINUTES, HOURS, DAYS):
                if way.table == level.table:
                    self._jobs.append(partial(self._retention.trim, level, block, way.before))
        if way.table == DAYS.table:
            self._jobs += self._purge.jobs(way.before, cutoffs.days, now)

    def _cutoffs(self, now: int) -> Cutoffs:
        keep = self._settings
        kept = (keep.keep_checks, keep.keep_minutes, keep.keep_hours, keep.keep_days)
        # By the hour, as the rounds are.
        return Cutoffs(
            floor(now - _GRACE, HOUR), *(floor(now - milliseconds(time), HOUR) for time in kept)
        )


def size_of(path: Path) -> int:
    """Bytes that a database takes on the disk."""
    return sum(_bytes(beside(path, side)) for side in SIDES[:2])


def log_bytes(path: Path) -> int:
    """Bytes that its log takes."""
    return _bytes(beside(path, SIDES[1]))


def _bytes(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0
