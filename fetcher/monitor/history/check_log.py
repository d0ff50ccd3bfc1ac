"""Records as rows: the check itself, and how the time up to it counts.

What checks say, each text once, however many checks say it.

Failing checks as streaks, which are kept when the single checks are not.
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
    SPELL_CODES,
    SPELLS,
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

_MOST = 20_000
"""How many texts are remembered. One that is forgotten, and said again, is there twice."""


class Texts:
    """The numbers of texts.

    Each is marked with the last day it was said, in days since the epoch: when no check of that day
    is kept any more, nor of earlier ones, the text is not needed either.
    """

    def __init__(self, file: sqlite3.Connection) -> None:
        self._file = file
        self._known: Transactional[str, tuple[int, int]] = Transactional()

    def number(self, text: str, day: int) -> int:
        """The number of a text that is said on a day."""
        found = self._known.get(text)
        if found is None:
            said = "INSERT INTO texts (text, day) VALUES (?, ?)"
            number = self._file.execute(said, (text, day)).lastrowid
            assert number is not None
        elif found[1] >= day:
            return found[0]
        else:
            # It may have been removed since it was said last.
            number = found[0]
            said = "INSERT OR REPLACE INTO texts VALUES (?, ?, ?)"
            self._file.execute(said, (number, text, day))
        self._known.set(text, (number, day))
        return number

    def forget(self, before: int) -> None:
        """Texts with smaller numbers are not there any more."""
        for text in [text for text, (number, _) in self._known.known.items() if number < before]:
            self._known.set(text, None)

    def keep(self) -> None:
        """The transaction is committed."""
        self._known.keep()
        if len(self._known.known) > _MOST:
            for text in list(islice(self._known.known, _MOST // 2)):
                del self._known.known[text]

    def undo(self) -> None:
        """The transaction is not committed."""
        self._known.undo()


_FIGURES = re.compile(r"\d+(\.\d+)?")

Kind = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Going:
    """A streak that goes on: its row, and what all of its checks have in common."""

    row: int
    kind: Kind


class Streaks:
    """For each target that fails, the streak that goes on."""

    def __init__(self, file: sqlite3.Connection) -> None:
        self._file = file
        rows = file.execute(
            "SELECT latest.target, failures.id, failures.health, failures.trouble, "
            "failures.status, failures.text "
            "FROM latest JOIN failures ON failures.id = latest.failure"
        )
        self._going = Transactional(
            (target, Going(row, _kind(HEALTHS[health], trouble_of(trouble), status, text)))
            for target, row, health, trouble, status, text in rows
        )

    def note(self, target: int, at: int, seen: Observation, text: str) -> int | None:
        """Note a check that began at a time in milliseconds; the row of its streak, if it fails."""
        if seen.health is Health.HEALTHY:
            if self._going.get(target) is not None:
                self._going.set(target, None)
            return None
        kind = _kind(seen.health, seen.trouble, seen.status, text)
        going = self._going.get(target)
        if going is None or going.kind != kind:
            going = Going(self._begun(target, at, seen, text), kind)
            self._going.set(target, going)
        else:
            self._file.execute(
                "UPDATE failures SET last = max(last, ?), checks = checks + 1 WHERE id = ?",
                (at, going.row),
            )
        return going.row

    def forget(self, target: int) -> None:
        """A target is not checked any more."""
        self._going.set(target, None)

    def keep(self) -> None:
        """The transaction is committed."""
        self._going.keep()

    def undo(self) -> None:
        """The transaction is not committed."""
        self._going.undo()

    def _begun(self, target: int, at: int, seen: Observation, text: str) -> int:
        health, trouble = HEALTH_CODES[seen.health], TROUBLE_CODES[seen.trouble]
        row = self._file.execute(
            "INSERT INTO failures (target, first, last, checks, health, trouble, status, text) "
            "VALUES (?, ?, ?, 1, ?, ?, ?, ?)",
            (target, at, at, health, trouble, seen.status, text),
        ).lastrowid
        assert row is not None
        return row


def _kind(health: Health, trouble: object, status: int | None, text: str) -> Kind:
    # "it took 2.31 s" and "it took 2.42 s" are the same failure.
    return health, trouble, status, _FIGURES.sub("0", text)


_NOTHING_COUNTED = (0, 0, 0, 0, 0, None, None, 0)
_INSERT_CHECKS = f"INSERT OR IGNORE INTO checks VALUES ({', '.join('?' * 11)})"
_INSERT_LATEST = f"INSERT OR REPLACE INTO latest VALUES ({', '.join('?' * 21)})"


class CheckRows:
    """Writes records within a transaction that others begin and end."""

    def __init__(self, file: sqlite3.Connection, roster: TargetIds) -> None:
        self._file = file
        self._roster = roster
        self.texts = Texts(file)
        self.streaks = Streaks(file)

    def write(self, records: Iterable[CheckRecord]) -> None:
        """Write records; those whose time was rolled up already are added to the roll-ups."""
        checks: list[Cells] = []
        latest: list[Cells] = []
        late: list[tuple[Level, Values]] = []
        for record in records:
            self._gather(record, checks, latest, late)
        self._file.executemany(_INSERT_CHECKS, checks)
        self._file.executemany(_INSERT_LATEST, latest)
        for level in (MINUTES, HOURS, DAYS) if late else ():
            add(self._file, level, [values for of, values in late if of is level])

    def keep(self) -> None:
        """The transaction is committed."""
        self.texts.keep()
        self.streaks.keep()

    def undo(self) -> None:
        """The transaction is not committed."""
        self.texts.undo()
        self.streaks.undo()

    def _gather(
        self,
        record: CheckRecord,
        checks: list[Cells],
        latest: list[Cells],
        late: list[tuple[Level, Values]],
    ) -> None:
        seen = record.observation
        at = milliseconds(seen.at)
        target = self._roster.number(record.key)
        block = block_of(target)
        text = encodable(seen.text) if seen.text else ""
        spell, lasted, others = divided(record.spans, at)
        for hour, times in others:
            late += _both(block, hour, target, (*_NOTHING_COUNTED, *times))
        marks = self._roster.marks(block)
        if at < marks.rolled:
            late += _both(block, at, target, counted(seen, spell, lasted))
        if at < marks.dropped:
            minute = (block, at // MINUTES.step, target, *counted(seen, spell, lasted))
            late.append((MINUTES, minute))
        else:
            elapsed = microseconds(seen.elapsed)
            lag = at - milliseconds(seen.due) if seen.due else 0
            number = self.texts.number(text, at // DAY) if text else None
            codes = HEALTH_CODES[seen.health], TROUBLE_CODES[seen.trouble]
            checks.append(
                (block, at, target, *codes, seen.status, elapsed, lag, number, spell, lasted)
            )
        failure = self.streaks.note(target, at, seen, text)
        latest.append(pack_latest(target, seen, text, failure))


def divided(spans: Sequence[Span], at: int) -> tuple[int, int, list[tuple[int, Sequence[int]]]]:
    """Divide the time up to a check, in milliseconds.

    Returns code and length of the last spell, as far as it lies in the hour of the check, and all
    else as sums by spell, each with a time in the hour that it lies in.
    """
    spell = lasted = 0
    others: list[tuple[int, Sequence[int]]] = []
    for place, span in enumerate(spans, 1):
        start, end = milliseconds(span.start), milliseconds(span.end)
        code = SPELL_CODES[span.time_class]
        if place == len(spans) and start // HOUR == at // HOUR:
            spell, lasted = code, end - start
        elif end > start:
            others.append((start, spelled(code, end - start)))
    return spell, lasted, others


def counted(seen: Observation, spell: int, lasted: int) -> Values:
    """The columns of a level that one check makes."""
    health = HEALTH_CODES[seen.health]
    elapsed = microseconds(seen.elapsed)
    healths = [int(code == health) for code in range(len(Health))]
    untimed = int(elapsed is None)
    counts = (*healths, untimed, elapsed, elapsed, elapsed or 0)
    assert len(counts) == COUNTED
    return (*counts, *spelled(spell, lasted))


def spelled(spell: int, lasted: int) -> tuple[int, ...]:
    """The columns of a level that one spell makes."""
    return tuple([lasted if code == spell else 0 for code in range(len(SPELLS))])


def _both(block: int, at: int, target: int, columns: Values) -> list[tuple[Level, Values]]:
    return [(level, (block, at // level.step, target, *columns)) for level in (HOURS, DAYS)]
