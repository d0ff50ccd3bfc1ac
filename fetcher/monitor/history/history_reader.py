"""Reading the history, in any number of threads, while a monitor writes to it or without one."""

import sqlite3
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from fetcher.monitor.commit import MissedReason
from fetcher.monitor.conditions.uptime import Uptime
from fetcher.monitor.history.history_file import connect_to_monitors, store_errors
from fetcher.monitor.history.history_rows import Bucket, CheckRow, Day, Standing, StreakRow
from fetcher.monitor.history.history_schema import DAY, HOUR, SECOND, floor, milliseconds
from fetcher.monitor.history.queries import (
    read_checks,
    read_incident,
    read_incidents,
    read_latest,
    read_messages,
    read_silences,
    read_states,
    read_streaks,
)
from fetcher.monitor.history.rollups import DAYS, HOURS, MINUTES
from fetcher.monitor.history.target_history import TargetHistory, series, uptime, uptime_of
from fetcher.monitor.incident import DeliveryStatus, Incident, Message, Silence
from fetcher.monitor.target_state import NEW
from fetcher.storage.files import real_path


class ConnectionPool:
    """Read-only connections to a monitor's database, opened on demand and reused."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._free: deque[sqlite3.Connection] = deque()

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Return a connection that sees a snapshot of the database. Raises StoreError."""
        with store_errors(self._path):
            try:
                file = self._free.pop()
            except IndexError:
                file = connect_to_monitors(self._path, "ro")
            try:
                file.execute("BEGIN")
                yield file
                file.execute("COMMIT")
            except BaseException:
                file.close()
                raise
            self._free.append(file)

    def close(self) -> None:
        """Close the connections that are not in use."""
        while self._free:
            self._free.pop().close()


class HistoryReader:
    """The history of a monitor, read only; for any number of threads.

    Times are seconds since the epoch; `since` is included, `until` is not. Each call sees a
    consistent snapshot of the database. Raises StoreError. Nothing is opened before the first call.
    """

    def __init__(self, path: str) -> None:
        self._pool = ConnectionPool(real_path(path))

    def close(self) -> None:
        """Close the connections."""
        self._pool.close()

    def checks(self, key: str, since: float, until: float, most: int) -> list[CheckRow]:
        """Return the latest single checks of a target, newest first."""
        with self._pool.reading() as file:
            at = TargetHistory(file, key)
            times = milliseconds(since), milliseconds(until)
            return read_checks(file, at.target, at.block, *times, most)

    def series(self, key: str, since: float, until: float, points: int) -> list[Bucket]:
        """Return the checks of a target in at most `points` buckets, oldest first.

        Single checks if they are few enough, else minutes, hours or days, whichever go back far
        enough. Buckets begin at full minutes, hours or days (UTC), the first one at or before
        `since`; those without checks are left out.
        """
        with self._pool.reading() as file:
            times = milliseconds(since), milliseconds(until)
            return series(TargetHistory(file, key), *times, max(1, points))

    def rolled(self, key: str, since: float, until: float, seconds: int) -> list[Bucket]:
        """Return the checks of a target by minute, hour or day: seconds is 60, 3600 or 86400."""
        level = {60: MINUTES, 3600: HOURS, 86400: DAYS}[seconds]
        with self._pool.reading() as file:
            times = milliseconds(since), milliseconds(until)
            return TargetHistory(file, key).buckets(level, *times, level.step)

    def days(self, keys: Iterable[str], first_day: float, last_day: float) -> dict[str, list[Day]]:
        """Return the days (UTC) of targets, first and last day included, oldest first.

        first_day, last_day: any time within these days. Days without data are left out.
        """
        since, until = (floor(milliseconds(day), DAY) for day in (first_day, last_day))
        with self._pool.reading() as file:
            return {
                key: [
                    Day(start / SECOND, uptime_of(times))
                    for start, times in TargetHistory(file, key)
                    .class_times(DAYS, since, until + DAY, DAY)
                    .items()
                ]
                for key in keys
            }

    def uptime(self, key: str, since: float, until: float) -> Uptime:
        """Return how a target's time counts, from the full hour before `since` on.

        From the full day if the hours are no longer kept.
        """
        with self._pool.reading() as file:
            return uptime(TargetHistory(file, key), milliseconds(since), milliseconds(until))

    def incidents(
        self, before: float | None = None, limit: int = 50, key: str | None = None, text: str = ""
    ) -> list[Incident]:
        """Return a page of incidents opened before a time, newest first.

        key: only those of this target; text: only those that contain it, or whose members' names or
        URLs do, ignoring case. Incidents opened at the same time are not separated, so a page can
        be longer than `limit`. Of large incidents, the first thousand members are included.
        """
        with self._pool.reading() as file:
            return read_incidents(file, before, limit, key, text)

    def incident(self, id: str) -> Incident | None:
        """Return one incident with all its members, None if there is none with this id."""
        with self._pool.reading() as file:
            return read_incident(file, id)

    def messages(
        self, incident: str = "", status: DeliveryStatus | None = None, most: int = 1000
    ) -> list[Message]:
        """Return the latest messages, in order of creation.

        incident: only those about this one; status: only those with this delivery status.
        """
        with self._pool.reading() as file:
            return read_messages(file, incident, status, most)

    def failures(
        self, key: str | None, since: float, until: float, most: int = 1000
    ) -> list[StreakRow]:
        """Return streaks of the same failure, latest first; key: None for all targets.

        They are kept as long as days, even if the single checks are gone.
        """
        with self._pool.reading() as file:
            times = milliseconds(since), milliseconds(until)
            return read_streaks(file, key, *times, most)

    def missed(self, key: str | None, since: float) -> dict[MissedReason, int]:
        """Return the number of missed checks from the full hour before `since` on, by reason."""
        query = "SELECT why, sum(count) FROM missed WHERE hour >= ?"
        values: list[object] = [milliseconds(since) // HOUR]
        if key is not None:
            query += " AND target = (SELECT id FROM targets WHERE key = ?)"
            values.append(key)
        with self._pool.reading() as file:
            rows = file.execute(f"{query} GROUP BY why", values)
            return {MissedReason(why): count for why, count in rows}

    def targets(self) -> list[str]:
        """Return the keys of all known targets, sorted."""
        with self._pool.reading() as file:
            return [key for (key,) in file.execute("SELECT key FROM targets ORDER BY key")]

    def status(self) -> list[Standing]:
        """Return the state of all targets, sorted by key."""
        with self._pool.reading() as file:
            states, latest = dict(read_states(file)), dict(read_latest(file))
        keys = sorted({*states, *latest})
        return [Standing(key, states.get(key, NEW), latest.get(key)) for key in keys]

    def silences(self, now: float) -> tuple[Silence, ...]:
        """Return the silences in force."""
        with self._pool.reading() as file:
            return read_silences(file, now)
