"""Failing checks as streaks, which are kept when the single checks are not."""

import re
import sqlite3
from dataclasses import dataclass

from fetcher.judgement.verdict import Health
from fetcher.monitor.history.codes import HEALTH_CODES, HEALTHS, TROUBLE_CODES, trouble_of
from fetcher.monitor.history.transactional import Transactional
from fetcher.monitor.observation import Observation

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
