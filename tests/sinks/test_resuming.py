"""An output that was left is gone on with, and ends as if it had not been."""

from pathlib import Path

import pytest

from fetcher.sinks.base import START, CompletedSink, ResumeError
from tests.sinks.conftest import COUNT
from tests.sinks.making import (
    NAMES,
    after,
    content,
    expected_urls,
    fill,
    opened,
    target,
    urls,
)

pytestmark = pytest.mark.parametrize("name", NAMES)


def files(folder: Path) -> dict[str, bytes]:
    """All that is in a folder."""
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_left_twice(tmp_path: Path, undisturbed: Path, name: str) -> None:
    """Three runs make what one would have made, each beginning where the last one stopped."""
    path = tmp_path / name
    assert fill(path, 21, finish=False) == 0
    assert fill(path, 40, size=5, resume=True, finish=False) == 21
    assert fill(path, COUNT, resume=True) == 40
    assert content(path) == content(undisturbed / name)


def test_the_progress_is_that_of_the_last_commit(tmp_path: Path, name: str) -> None:
    """It says how many targets, and which."""
    path = tmp_path / name
    fill(path, 14, finish=False)
    sink, progress = opened(path, resume=True)
    sink.finish(complete=False)
    assert progress == after(START, [target(number) for number in range(14)])


def test_what_was_committed_can_be_read(tmp_path: Path, name: str) -> None:
    """While the output is open, others see all rows up to the last commit."""
    path = tmp_path / name
    sink, progress = opened(path)
    for number in range(20):
        sink.write([target(number)])
        progress = progress.after(target(number).identity)
        sink.commit(progress)
        assert urls(path) == expected_urls(number + 1)
    sink.finish(complete=False)


def test_what_was_not_committed_is_not_kept(tmp_path: Path, undisturbed: Path, name: str) -> None:
    """Rows written after the last commit are written again, not twice."""
    path = tmp_path / name
    fill(path, 14, finish=False)
    sink, progress = opened(path, resume=True)
    sink.write([target(progress.done)])
    sink.finish(complete=False)
    # More than is gathered in memory: these reach the file.
    sink, progress = opened(path, resume=True)
    sink.write([target(number) for number in range(progress.done, 3000)])
    sink.finish(complete=False)
    assert fill(path, COUNT, resume=True) == 14
    assert content(path) == content(undisturbed / name)


def test_a_complete_one_is_left_as_it_is(tmp_path: Path, name: str) -> None:
    """There is nothing to do, and no file changes; rows that are not in it are refused."""
    path = tmp_path / name
    fill(path, COUNT)
    before = files(tmp_path)
    sink, progress = opened(path, resume=True)
    assert isinstance(sink, CompletedSink)
    assert progress == after(START, [target(number) for number in range(COUNT)])
    sink.write([])
    sink.commit(progress)
    sink.finish(complete=True)
    with pytest.raises(ResumeError, match="it is complete, and these targets are not in it"):
        sink.write([target(COUNT)])
    sink.finish(complete=False)
    assert files(tmp_path) == before


def test_nothing_there_is_a_beginning(tmp_path: Path, undisturbed: Path, name: str) -> None:
    """Who always resumes gets the same; so does a run that was killed before it made anything."""
    assert fill(tmp_path / name, COUNT, resume=True) == 0
    assert content(tmp_path / name) == content(undisturbed / name)


def test_a_list_of_nothing(tmp_path: Path, name: str) -> None:
    """No targets make a whole output without rows, which is complete."""
    path = tmp_path / name
    fill(path, 0)
    if name.endswith(".parquet"):
        import pyarrow.parquet as pq  # type: ignore[import-untyped]

        assert pq.read_table(path).num_rows == 0
    else:
        assert urls(path) == []
    assert fill(path, 0, resume=True) == 0


def test_only_the_output_and_its_journal_stay(tmp_path: Path, name: str) -> None:
    """What was needed on the way is gone in the end."""
    path = tmp_path / name
    fill(path, 10, finish=False)
    fill(path, COUNT, resume=True)
    kept = {name} if name.endswith(".db") else {name, f"{name}.journal"}
    assert set(files(tmp_path)) == kept


def test_a_commit_without_news_writes_nothing(tmp_path: Path, name: str) -> None:
    """A job that commits by the clock does not fill the disk while it waits."""
    path = tmp_path / name
    fill(path, 10, finish=False)
    sink, progress = opened(path, resume=True)
    before = files(tmp_path)
    for _ in range(3):
        sink.commit(progress)
    assert files(tmp_path) == before
    sink.finish(complete=False)


def test_targets_without_rows_are_done(tmp_path: Path, name: str) -> None:
    """A target that brought nothing is not asked again."""
    path = tmp_path / name
    fill(path, 1, finish=False)
    assert target(0).rows == ()
    assert fill(path, 1, resume=True) == 1


def test_closing_twice_is_harmless(tmp_path: Path, name: str) -> None:
    """The second close does nothing."""
    sink, _ = opened(tmp_path / name)
    sink.finish(complete=False)
    sink.finish(complete=False)
