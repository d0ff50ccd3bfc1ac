"""Results put by until the end of a run, in a temporary file."""

import pickle
import sqlite3
from collections.abc import Iterator

from fetcher.judgement.verdict import Checked

_PAGE = 256


class Spool:
    """Keeps results in order, in a file that nobody else sees; memory does not grow with them.

    Every method may raise OSError, when the disk is full.
    """

    def __init__(self) -> None:
        # The empty name: SQLite makes a file that no other process sees, and deletes it itself.
        self._file = sqlite3.connect("", isolation_level=None)
        self._file.execute("PRAGMA journal_mode = OFF")
        self._file.execute("PRAGMA synchronous = OFF")
        self._file.execute("CREATE TABLE results (number INTEGER PRIMARY KEY, again, checked)")
        self.count = 0
        """Results so far."""
        self.again = 0
        """Those among them that are to be asked once more."""

    def add(self, checked: Checked, *, again: bool) -> None:
        """Put a result by; its number is how many there were before."""
        self._execute("INSERT INTO results VALUES (?, ?, ?)", self.count, again, _packed(checked))
        self.count += 1
        self.again += again

    def get(self, number: int) -> Checked:
        """Give one result."""
        query = "SELECT checked FROM results WHERE number = ?"
        return _unpacked(self._execute(query, number).fetchone()[0])

    def replace(self, number: int, checked: Checked) -> None:
        """Put another result in the place of one."""
        self._execute("UPDATE results SET checked = ? WHERE number = ?", _packed(checked), number)

    def results(self) -> Iterator[Checked]:
        """Give all results in order."""
        return (checked for _, checked in self._pages("number > ?"))

    def to_ask_again(self) -> Iterator[tuple[int, Checked]]:
        """Give, with their numbers, the results whose URLs are to be asked once more."""
        return self._pages("number > ? AND again")

    def close(self) -> None:
        """Forget everything."""
        self._file.close()

    def _pages(self, which: str) -> Iterator[tuple[int, Checked]]:
        # Page by page, because the table may change meanwhile.
        query = f"SELECT number, checked FROM results WHERE {which} ORDER BY number LIMIT {_PAGE}"
        last = -1
        while rows := self._execute(query, last).fetchall():
            for number, packed in rows:
                yield number, _unpacked(packed)
            last = rows[-1][0]

    def _execute(self, statement: str, *values: object) -> sqlite3.Cursor:
        try:
            return self._file.execute(statement, values)
        except sqlite3.OperationalError as error:
            raise OSError(f"the temporary file for results cannot be used: {error}") from error


def _packed(checked: Checked) -> bytes:
    return pickle.dumps(checked, pickle.HIGHEST_PROTOCOL)


def _unpacked(data: bytes) -> Checked:
    # Only this process writes the file, and no other can open it.
    checked: Checked = pickle.loads(data)
    return checked
