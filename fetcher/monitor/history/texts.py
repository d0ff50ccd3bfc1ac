"""What checks say, each text once, however many checks say it."""

import sqlite3
from itertools import islice

from fetcher.monitor.history.transactional import Transactional

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
