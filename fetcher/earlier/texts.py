"""The lines of a text file, from its blocks."""

from collections.abc import Iterable, Iterator

from fetcher.sources.base import MAX_RECORD
from fetcher.sources.lines import Batch, LineBuffer

Blocks = Iterable[bytes]
"""The bytes of a file, unpacked, in order."""


def batches(blocks: Blocks) -> Iterator[Batch]:
    """Cut a file into lines; one that is too long comes alone, with its problem."""
    buffer = LineBuffer(MAX_RECORD)
    for block in blocks:
        yield from buffer.feed(block)
    yield from buffer.finish()
