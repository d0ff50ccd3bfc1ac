"""Whatever is cut off behind a commit, the commit is what is found."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fetcher.sinks.base import START, OutputProgress
from fetcher.sinks.journal import RECORD_BYTES
from tests.sinks.conftest import COUNT
from tests.sinks.making import TEXT_NAMES, after, batches, content, fill, opened, target

SIZE = 7
LEFT = 40


@dataclass(frozen=True)
class Left:
    """An output that was left: where its files are, and what was true after each commit.

    sizes: of the file of rows. journal: the size of the journal with no commit in it.
    """

    folder: Path
    rows: str
    sizes: dict[int, int]
    journal: int


@pytest.fixture(scope="module", params=[*TEXT_NAMES, "out.parquet"])
def left(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Left:
    """Leave an output of each format that has a journal, behind several commits."""
    path = tmp_path_factory.mktemp("left") / request.param
    rows = f"{path.name}.rows" if path.suffix == ".parquet" else path.name
    sink, progress = opened(path)
    journal = path.with_name(f"{path.name}.journal").stat().st_size
    sizes = {0: path.with_name(rows).stat().st_size}
    for batch in batches(0, LEFT, SIZE):
        sink.write(batch)
        progress = after(progress, batch)
        sink.commit(progress)
        sizes[progress.done] = path.with_name(rows).stat().st_size
    sink.finish(complete=False)
    return Left(path.parent, rows, sizes, journal)


@given(data=st.data())
def test_any_cut_leads_back_to_a_commit(left: Left, undisturbed: Path, data: st.DataObject) -> None:
    """With the journal cut at any byte, and the rows at any behind its last whole record."""
    with copied(left) as folder:
        journal = next(folder.glob("*.journal"))
        length = data.draw(st.integers(left.journal, journal.stat().st_size))
        cut(journal, length)
        whole = (length - left.journal) // RECORD_BYTES
        done = list(left.sizes)[whole]
        rows = folder / left.rows
        cut(rows, data.draw(st.integers(left.sizes[done], rows.stat().st_size)))
        path = journal.with_suffix("")
        assert progress_of(path) == after(START, [target(number) for number in range(done)])
        assert fill(path, COUNT, resume=True) == done
        assert content(path) == content(undisturbed / path.name)


@given(data=st.data())
def test_any_damage_to_the_last_records_does_too(left: Left, data: st.DataObject) -> None:
    """A record with a wrong byte in it is passed over, and the one before counts."""
    with copied(left) as folder:
        journal = next(folder.glob("*.journal"))
        content = bytearray(journal.read_bytes())
        spared = data.draw(st.integers(0, len(left.sizes) - 2))
        for number in range(spared, len(left.sizes) - 1):
            start = left.journal + number * RECORD_BYTES
            content[start + data.draw(st.integers(0, RECORD_BYTES - 1))] ^= 1
        journal.write_bytes(content)
        assert progress_of(journal.with_suffix("")).done == list(left.sizes)[spared]


@contextmanager
def copied(left: Left) -> Iterator[Path]:
    """Make a folder with the files of an output, to be cut; it goes when it is left."""
    with TemporaryDirectory() as folder:
        shutil.copytree(left.folder, folder, dirs_exist_ok=True)
        yield Path(folder)


def cut(path: Path, length: int) -> None:
    """Leave the first bytes of a file."""
    with open(path, "r+b") as file:
        file.truncate(length)


def progress_of(path: Path) -> OutputProgress:
    """Open an output to go on with it, and see how far it is."""
    sink, progress = opened(path, resume=True)
    sink.finish(complete=False)
    return progress
