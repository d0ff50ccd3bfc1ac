"""Rows put by until a report can be written."""

import json
import tempfile
from collections.abc import Iterator, Sequence

from fetcher.sinks.base import Row


class RowSpool:
    """Keeps rows in a file that nobody else sees; memory does not grow with them.

    Every method may raise OSError, when the disk is full. What a failed `add` has left behind is
    never given out.
    """

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 - closed by close()
        self._end = 0

    def add(self, rows: Sequence[Row]) -> None:
        """Put rows by."""
        data = "".join([json.dumps(row) + "\n" for row in rows]).encode()
        self._file.seek(self._end)
        self._file.write(data)
        self._file.flush()
        self._end += len(data)

    def __iter__(self) -> Iterator[Row]:
        """Give the rows in order, as often as wanted; not while others are added."""
        self._file.seek(0)
        left = self._end
        while left > 0:
            line = self._file.readline()
            left -= len(line)
            yield tuple(json.loads(line))

    def close(self) -> None:
        """Forget everything."""
        self._file.close()
