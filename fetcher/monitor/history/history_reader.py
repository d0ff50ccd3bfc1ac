"""The history for those who only read it, beside a monitor that writes or without one.

Connections that only read, for any number of threads.
"""

import sqlite3
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from fetcher.monitor.commit import MissedReason
from fetcher.monitor.conditions.uptime import Uptime
from fetcher.monitor.history.history_file import connect_to_monitors, told
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
    """Connections to a monitor's database, made when they are needed and used again."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._free: deque[sqlite3.Connection] = deque()

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """One moment of the database, whatever is written meanwhile. Raises StoreError."""
        with told(self._path):
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

    Times are seconds since the epoch; `since` is included, `until` is not. Each call sees one
    moment of the database, whole commits only. Raises StoreError. Nothing is opened before the
    first call.
    """

    def __init__(self, path: str) -> None:
        self._pool = ConnectionPool(real_path(path))

    def close(self) -> None:
        """Let go of the file."""
        self._pool.close()

    def checks(self, key: str, since: float, until: float, most: int) -> list[CheckRow]:
        """The latest single checks of a target, newest first."""
        with self._pool.reading() as file:
            at = TargetHistory(file, key)
            times = milliseconds(since), milliseconds(until)
            return read_checks(file, at.target, at.block, *times, most)

    def series(self, key: str, since: float, until: float, points: int) -> list[Bucket]:
        """How a target was, in at most so many stretches, oldest first.

        Single checks where they are few enough, else minutes, hours or days, whatever goes back so
        far. Stretches begin at full minutes, hours or days (UTC), the first one at or before since;
        those without a check are not there.
        """
        with self._pool.reading() as file:
            times = milliseconds(since), milliseconds(until)
            return series(TargetHistory(file, key), *times, max(1, points))

    def rolled(self, key: str, since: float, until: float, seconds: int) -> list[Bucket]:
        """How a target was by the minute, the hour or the day: seconds is 60, 3600 or 86400."""
        level = {60: MINUTES, 3600: HOURS, 86400: DAYS}[seconds]
        with self._pool.reading() as file:
            times = milliseconds(since), milliseconds(until)
            return TargetHistory(file, key).buckets(level, *times, level.step)

    def days(self, keys: Iterable[str], first_day: float, last_day: float) -> dict[str, list[Day]]:
        """The days (UTC) of targets from one to another, both included, oldest first.

        first_day, last_day: any time in them. Days that nothing is known of are not there.
        """
        since, until = (floor(milliseconds(day), DAY) for day in (first_day, last_day))
        with self._pool.reading() as file:
            return {
                key: [
                    Day(start / SECOND, uptime_of(spells))
                    for start, spells in TargetHistory(file, key)
                    .spells(DAYS, since, until + DAY, DAY)
                    .items()
                ]
                for key in keys
            }

    def uptime(self, key: str, since: float, until: float) -> Uptime:
        """How a target's time counts, from the full hour before `since` on.

        From the full day, where hours are not kept any more.
        """
        with self._pool.reading() as file:
            return uptime(TargetHistory(file, key), milliseconds(since), milliseconds(until))

    def incidents(
        self, before: float | None = None, limit: int = 50, key: str | None = None, text: str = ""
    ) -> list[Incident]:
        """Incidents that were opened before a time, newest first, a page of them.

        key: of a target that they concern; text: that is in their words, or in a member's name or
        URL, in upper or lower case. Those that were opened together are not parted, so a page can
        be longer than `limit`. Of large ones the first thousand members.
        """
        with self._pool.reading() as file:
            return read_incidents(file, before, limit, key, text)

    def incident(self, id: str) -> Incident | None:
        """One incident with all its members, None when there is none with this id."""
        with self._pool.reading() as file:
            return read_incident(file, id)

    def messages(
        self, incident: str = "", status: DeliveryStatus | None = None, most: int = 1000
    ) -> list[Message]:
        """The latest messages, in the order in which they were made.

        incident: only about this one; status: only those that wait, arrived, or were given up.
        """
        with self._pool.reading() as file:
            return read_messages(file, incident, status, most)

    def failures(
        self, key: str | None, since: float, until: float, most: int = 1000
    ) -> list[StreakRow]:
        """Checks in a row that found the same thing wrong, latest first; key: None for all targets.

        Kept as long as days are, so also when the single checks are gone.
        """
        with self._pool.reading() as file:
            times = milliseconds(since), milliseconds(until)
            return read_streaks(file, key, *times, most)

    def missed(self, key: str | None, since: float) -> dict[MissedReason, int]:
        """How many checks were missed from the full hour before `since` on, by why."""
        query = "SELECT why, sum(count) FROM missed WHERE hour >= ?"
        values: list[object] = [milliseconds(since) // HOUR]
        if key is not None:
            query += " AND target = (SELECT id FROM targets WHERE key = ?)"
            values.append(key)
        with self._pool.reading() as file:
            rows = file.execute(f"{query} GROUP BY why", values)
            return {MissedReason(why): count for why, count in rows}

    def targets(self) -> list[str]:
        """The keys of all targets that anything is known of, in order."""
        with self._pool.reading() as file:
            return [key for (key,) in file.execute("SELECT key FROM targets ORDER BY key")]

    def status(self) -> list[Standing]:
        """How all targets stand, in the order of their keys."""
        with self._pool.reading() as file:
            states, latest = dict(read_states(file)), dict(read_latest(file))
        keys = sorted({*states, *latest})
        return [Standing(key, states.get(key, NEW), latest.get(key)) for key in keys]

    def silences(self, now: float) -> tuple[Silence, ...]:
        """The silences that last."""
        with self._pool.reading() as file:
            return read_silences(file, now)
