"""Records as rows: the check itself, and how the time up to it counts."""

import sqlite3
from collections.abc import Iterable, Sequence

from fetcher.judgement.verdict import Health
from fetcher.monitor.commit import Record
from fetcher.monitor.history.codes import HEALTH_CODES, SPELL_CODES, SPELLS, TROUBLE_CODES
from fetcher.monitor.history.levels import COUNTED, DAYS, HOURS, MINUTES, Level, Values, add
from fetcher.monitor.history.packing import Cells, pack_latest
from fetcher.monitor.history.roster import Roster
from fetcher.monitor.history.streaks import Streaks
from fetcher.monitor.history.texts import Texts
from fetcher.monitor.history.units import DAY, HOUR, block_of, microseconds, milliseconds
from fetcher.monitor.observation import Observation
from fetcher.monitor.state import Span
from fetcher.sinks.clean import without_surrogates

_NOTHING_COUNTED = (0, 0, 0, 0, 0, None, None, 0)
_INSERT_CHECKS = f"INSERT OR IGNORE INTO checks VALUES ({', '.join('?' * 11)})"
_INSERT_LATEST = f"INSERT OR REPLACE INTO latest VALUES ({', '.join('?' * 21)})"


class CheckRows:
    """Writes records within a transaction that others begin and end."""

    def __init__(self, file: sqlite3.Connection, roster: Roster) -> None:
        self._file = file
        self._roster = roster
        self.texts = Texts(file)
        self.streaks = Streaks(file)

    def write(self, records: Iterable[Record]) -> None:
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
        record: Record,
        checks: list[Cells],
        latest: list[Cells],
        late: list[tuple[Level, Values]],
    ) -> None:
        seen = record.observation
        at = milliseconds(seen.at)
        target = self._roster.number(record.key)
        block = block_of(target)
        text = without_surrogates(seen.text) if seen.text else ""
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
        code = SPELL_CODES[span.spell]
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
