"""Results put by until the end of a run, in a temporary file."""

import pickle
import tempfile
from collections.abc import Iterator
from typing import NamedTuple

from fetcher.judgement.verdict import Checked


class Record(NamedTuple):
    """One result that was put by. again: whether its URL is to be asked once more."""

    number: int
    checked: Checked
    again: bool


class Spool:
    """Keeps results in order, in a file that nobody else sees; memory does not grow with them.

    Every method may raise OSError, when the disk is full.
    """

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 - closed by close()
        self._end = 0
        self.count = 0
        """Records so far."""
        self.again = 0
        """Those among them that are to be asked once more."""

    def add(self, checked: Checked, *, again: bool) -> None:
        """Put a result by."""
        self._file.seek(self._end)
        pickle.dump((checked, again), self._file, pickle.HIGHEST_PROTOCOL)
        self._end = self._file.tell()
        self.count += 1
        self.again += again

    def records(self) -> Iterator[Record]:
        """Give the records in order; several readers may be on their way at once."""
        place = 0
        for number in range(self.count):
            self._file.seek(place)
            # Only this process writes the file, and no other can open it.
            checked, again = pickle.load(self._file)
            place = self._file.tell()
            yield Record(number, checked, again)

    def close(self) -> None:
        """Forget everything."""
        self._file.close()
