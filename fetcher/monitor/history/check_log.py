"""Writing checks: the check itself, how the time up to it counts, its text, and its streak.

Each text is stored once, however many checks have it. Streaks of the same failure are kept longer
than the single checks.
"""

import re
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice

from fetcher.judgement.verdict import Health
from fetcher.monitor.commit import CheckRecord
from fetcher.monitor.history.history_schema import (
    DAY,
    HEALTH_CODES,
    HEALTHS,
    HOUR,
    TIME_CLASS_CODES,
    TIME_CLASSES,
    TROUBLE_CODES,
    block_of,
    microseconds,
    milliseconds,
    trouble_of,
)
from fetcher.monitor.history.rollups import COUNTED, DAYS, HOURS, MINUTES, Level, Values, add
from fetcher.monitor.history.row_codec import Cells, pack_latest
from fetcher.monitor.history.target_ids import TargetIds, Transactional
from fetcher.monitor.target_state import Observation, Span
from fetcher.text import encodable

StreakKind = tuple[object, ...]

_MAX_TEXTS = 20_000
"""Texts held in memory. One that is dropped and used again is stored twice."""
_FIGURES = re.compile(r"\d+(\.\d+)?")
_NOTHING_COUNTED = (0, 0, 0, 0, 0, None, None, 0)
_INSERT_CHECKS = f"INSERT OR IGNORE INTO checks VALUES ({', '.join('?' * 11)})"
_INSERT_LATEST = f"INSERT OR REPLACE INTO latest VALUES ({', '.join('?' * 21)})"


class Texts:
    """The ids of texts.

    Each is stored with the last day of its use, in days since the epoch: once no check of that day
    or earlier is left, the text is no longer needed.
    """

    def __init__(self, file: sqlite3.Connection) -> None:
        self._file = file
        self._known: Transactional[str, tuple[int, int]] = Transactional()

    def number(self, text: str, day: int) -> int:
        """Return the id of a text that is used on a day."""
        found = self._known.get(text)
        if found is None:
            insert = "INSERT INTO texts (text, day) VALUES (?, ?)"
            number = self._file.execute(insert, (text, day)).lastrowid
            assert number is not None
        elif found[1] >= day:
            return found[0]
        else:
            # It may have been deleted since its last use.
            number = found[0]
            replace = "INSERT OR REPLACE INTO texts VALUES (?, ?, ?)"
            self._file.execute(replace, (number, text, day))
        self._known.set(text, (number, day))
        return number

    def forget(self, before: int) -> None:
        """Forget texts with smaller ids, which have been deleted."""
        for text in [text for text, (number, _) in self._known.known.items() if number < before]:
            self._known.set(text, None)

    def keep(self) -> None:
        """Keep the changes: the transaction was committed."""
        self._known.keep()
        if len(self._known.known) > _MAX_TEXTS:
            for text in list(islice(self._known.known, _MAX_TEXTS // 2)):
                del self._known.known[text]

    def undo(self) -> None:
        """Undo the changes: the transaction was rolled back."""
        self._known.undo()


@dataclass(frozen=True, slots=True)
class OpenStreak:
    """A streak that is not over: its row, and what all of its checks have in common."""

    row: int
    kind: StreakKind


class Streaks:
    """The open streak of each failing target."""

    def __init__(self, file: sqlite3.Connection) -> None:
        self._file = file
        rows = file.execute(
            "SELECT latest.target, failures.id, failures.health, failures.trouble, "
            "failures.status, failures.text "
            "FROM latest JOIN failures ON failures.id = latest.failure"
        )
        self._open = Transactional(
            (target, OpenStreak(row, _kind(HEALTHS[health], trouble_of(trouble), status, text)))
            for target, row, health, trouble, status, text in rows
        )

    def note(self, target: int, at: int, seen: Observation, text: str) -> int | None:
        """Add a check; return the row of its streak if it failed. at: milliseconds."""
        if seen.health is Health.HEALTHY:
            if self._open.get(target) is not None:
                self._open.set(target, None)
            return None
        kind = _kind(seen.health, seen.trouble, seen.status, text)
        streak = self._open.get(target)
        if streak is None or streak.kind != kind:
            streak = OpenStreak(self._start(target, at, seen, text), kind)
            self._open.set(target, streak)
        else:
            self._file.execute(
                "UPDATE failures SET last = max(last, ?), checks = checks + 1 WHERE id = ?",
                (at, streak.row),
            )
        return streak.row

    def forget(self, target: int) -> None:
        """Forget a target that is no longer checked."""
        self._open.set(target, None)

    def keep(self) -> None:
        """Keep the changes: the transaction was committed."""
        self._open.keep()

    def undo(self) -> None:
        """Undo the changes: the transaction was rolled back."""
        self._open.undo()

    def _start(self, target: int, at: int, seen: Observation, text: str) -> int:
        health, trouble = HEALTH_CODES[seen.health], TROUBLE_CODES[seen.trouble]
        row = self._file.execute(
            "INSERT INTO failures (target, first, last, checks, health, trouble, status, text) "
            "VALUES (?, ?, ?, 1, ?, ?, ?, ?)",
            (target, at, at, health, trouble, seen.status, text),
        ).lastrowid
        assert row is not None
        return row


def _kind(health: Health, trouble: object, status: int | None, text: str) -> StreakKind:
    # "it took 2.31 s" and "it took 2.42 s" are the same failure.
    return health, trouble, status, _FIGURES.sub("0", text)


class CheckRows:
    """Writes check records within the caller's transaction."""

    def __init__(self, file: sqlite3.Connection, ids: TargetIds) -> None:
        self._file = file
        self._ids = ids
        self.texts = Texts(file)
        self.streaks = Streaks(file)

    def write(self, records: Iterable[CheckRecord]) -> None:
        """Write records; those whose period is already rolled up are added to the roll-ups."""
        checks: list[Cells] = []
        latest: list[Cells] = []
        late: list[tuple[Level, Values]] = []
        for record in records:
            self._collect(record, checks, latest, late)
        self._file.executemany(_INSERT_CHECKS, checks)
        self._file.executemany(_INSERT_LATEST, latest)
        for level in (MINUTES, HOURS, DAYS) if late else ():
            add(self._file, level, [values for of, values in late if of is level])

    def keep(self) -> None:
        """Keep the changes: the transaction was committed."""
        self.texts.keep()
        self.streaks.keep()

    def undo(self) -> None:
        """Undo the changes: the transaction was rolled back."""
        self.texts.undo()
        self.streaks.undo()

    def _collect(
        self,
        record: CheckRecord,
        checks: list[Cells],
        latest: list[Cells],
        late: list[tuple[Level, Values]],
    ) -> None:
        seen = record.observation
        at = milliseconds(seen.at)
        target = self._ids.number(record.key)
        block = block_of(target)
        text = encodable(seen.text) if seen.text else ""
        code, lasted, others = split_spans(record.spans, at)
        for hour, times in others:
            late += _both(block, hour, target, (*_NOTHING_COUNTED, *times))
        marks = self._ids.marks(block)
        if at < marks.rolled:
            late += _both(block, at, target, counted(seen, code, lasted))
        if at < marks.dropped:
            minute = (block, at // MINUTES.step, target, *counted(seen, code, lasted))
            late.append((MINUTES, minute))
        else:
            elapsed = microseconds(seen.elapsed)
            lag = at - milliseconds(seen.due) if seen.due else 0
            number = self.texts.number(text, at // DAY) if text else None
            codes = HEALTH_CODES[seen.health], TROUBLE_CODES[seen.trouble]
            checks.append(
                (block, at, target, *codes, seen.status, elapsed, lag, number, code, lasted)
            )
        failure = self.streaks.note(target, at, seen, text)
        latest.append(pack_latest(target, seen, text, failure))


def split_spans(spans: Sequence[Span], at: int) -> tuple[int, int, list[tuple[int, Sequence[int]]]]:
    """Split the time up to a check, in milliseconds.

    Returns the time class and length of the last span, if it is in the hour of the check, and the
    others as sums by time class, each with a time in its hour.
    """
    last = lasted = 0
    others: list[tuple[int, Sequence[int]]] = []
    for place, span in enumerate(spans, 1):
        start, end = milliseconds(span.start), milliseconds(span.end)
        code = TIME_CLASS_CODES[span.time_class]
        if place == len(spans) and start // HOUR == at // HOUR:
            last, lasted = code, end - start
        elif end > start:
            others.append((start, time_columns(code, end - start)))
    return last, lasted, others


def counted(seen: Observation, code: int, lasted: int) -> Values:
    """Return the columns of a level for one check; code: of the time class of its time."""
    health = HEALTH_CODES[seen.health]
    elapsed = microseconds(seen.elapsed)
    healths = [int(each == health) for each in range(len(Health))]
    untimed = int(elapsed is None)
    counts = (*healths, untimed, elapsed, elapsed, elapsed or 0)
    assert len(counts) == COUNTED
    return (*counts, *time_columns(code, lasted))


def time_columns(code: int, lasted: int) -> tuple[int, ...]:
    """Return the columns of a level for a time of one class."""
    return tuple([lasted if each == code else 0 for each in range(len(TIME_CLASSES))])


def _both(block: int, at: int, target: int, columns: Values) -> list[tuple[Level, Values]]:
    return [(level, (block, at // level.step, target, *columns)) for level in (HOURS, DAYS)]
