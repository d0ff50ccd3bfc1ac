"""Rows on standard output, in a pipe or to a device: gone when they are written."""

from collections.abc import Sequence

from fetcher.sinks.durable.base import Cells, TargetRows
from fetcher.sinks.durable.encoding import Encoder
from fetcher.sinks.durable.progress import Progress
from fetcher.sinks.outputs import Output


class Stream:
    """An output that rows go through, and that nothing can be gone on with."""

    def __init__(self, output: Output, encoder: Encoder) -> None:
        self._output = output
        self._encoder = encoder
        output.write(encoder.head)

    def write(self, targets: Sequence[TargetRows]) -> None:
        """Write the rows of whole targets, with one write of the output."""
        rows: list[Cells] = [row for target in targets for row in target.rows]
        if rows:
            self._output.write(self._encoder.encode(rows))

    def commit(self, progress: Progress) -> None:
        """Hand everything to the operating system."""
        self._output.flush()

    def complete(self) -> None:
        """Do nothing: rows stand for themselves."""

    def close(self) -> None:
        """Flush, and close what was opened."""
        self._output.close()
