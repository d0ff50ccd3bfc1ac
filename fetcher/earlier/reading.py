"""Reading the results of an earlier run, whatever their format."""

from collections.abc import Iterator
from itertools import chain
from pathlib import Path

from fetcher.earlier.base import Earlier, EarlierError
from fetcher.earlier.formats import SUMMARIES, ReadRecords, format_of, is_enough
from fetcher.earlier.records import RecordError, earlier_of
from fetcher.sources.base import BrokenInput, SourceError
from fetcher.sources.blocks import file_blocks, shown
from fetcher.sources.unpack import unpacked

_SUMMARY = (
    "a Markdown summary does not list what is healthy; "
    "expected CSV, TSV, JSON lines, JUnit XML or the HTML report"
)


def read_earlier(path: str | Path) -> Iterator[Earlier]:
    """Read what `fetcher check` or `fetcher titles` wrote, row by row.

    CSV, TSV, JSON lines, JUnit XML, the Markdown summary (which does not list what is healthy) and
    the HTML report, each also as .gz; told apart by their content. A file must say for each URL how
    it fared: by health, status, or error. It is opened at once and read lazily, in the memory of
    one row.

    Raises EarlierError, then and in between: no such file, none of these formats, not UTF-8, a
    value that is none of its column's, a row that is cut off.
    """
    return _read(path, whole=False)


def read_whole(path: str | Path) -> Iterator[Earlier]:
    """Read a result that lists every URL, as is needed to tell what is new or gone.

    As `read_earlier`, and raises EarlierError also for a summary.
    """
    return _read(path, whole=True)


def _read(path: str | Path, *, whole: bool) -> Iterator[Earlier]:
    name = shown(str(path))
    try:
        blocks = unpacked(file_blocks(str(path)))
        sample = b""
        for block in blocks:
            sample += block
            if is_enough(sample):
                break
        read = format_of(name, sample)
    except SourceError as error:
        raise EarlierError(name, 0, str(error).removeprefix(f"cannot read {name}: ")) from None
    except (BrokenInput, ValueError) as error:
        raise EarlierError(name, 1, str(error)) from None
    if whole and read in SUMMARIES:
        raise EarlierError(name, 0, _SUMMARY)
    return _rows(name, read, chain([sample], blocks))


def _rows(name: str, read: ReadRecords, blocks: Iterator[bytes]) -> Iterator[Earlier]:
    line = 0
    try:
        for line, cells in read(blocks):
            yield earlier_of(cells, f"{name}:{line}")
    except RecordError as error:
        raise EarlierError(name, error.line, str(error)) from None
    except ValueError as error:
        raise EarlierError(name, line, str(error)) from None
    except BrokenInput as error:
        raise EarlierError(name, line, f"{error} (behind this line)") from None
